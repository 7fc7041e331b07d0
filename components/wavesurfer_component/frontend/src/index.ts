/**
 * The entry point that Streamlit calls: mounts the editor, the review, the upload or what models said into the component's
 * element. Each of them is a file of its own, fetched when it is wanted.
 */
import { el } from "./dom";
import type { EditorData } from "./editor";
import type { EmbeddedData } from "./embedded/data";
import type { Embedded } from "./embedded/mount";
import { speakAgain, spoken, t } from "./i18n";
import type { LabelFilesData } from "./label_files";
import type { LookingData } from "./looking";
import type { ReviewData } from "./review";
import { Scope } from "./scope";
import type { StretchData } from "./stretch_player";
import type { UploadData } from "./upload";
import type { VerifyData } from "./verify";

interface Component {
  parentElement: HTMLElement;
  data: EditorData | ReviewData | VerifyData | UploadData | LabelFilesData | LookingData | StretchData | EmbeddedData;
  setTriggerValue(name: string, value: unknown): void;
  setStateValue(name: string, value: unknown): void;
}

interface Mounted {
  key: string;
  scope: Scope;
  /** How Streamlit called last. */
  component: Component;
  /** The language of what this browser showed last is there. */
  speaking: Promise<unknown>;
  embedded: Embedded | null;
}

const mounted = new WeakMap<HTMLElement, Mounted>();

/** Called at every rerun; the same task stays as it is, another one replaces it. */
export default function mount(component: Component): () => void {
  const { parentElement, data } = component;
  const leave = (): void => {
    const here = mounted.get(parentElement);
    if (here?.component !== component) return; // called again meanwhile: Streamlit takes back only the last call
    here.scope.end();
    mounted.delete(parentElement);
  };
  const key = data.mode === "embedded" ? data.identity : JSON.stringify(data);
  const present = mounted.get(parentElement);
  if (present?.key === key) {
    present.component = component;
    if (data.mode === "embedded") present.embedded?.update(data);
    present.scope.redraw(); // the theme may be another one
    return leave;
  }
  present?.scope.end();
  const host = findHost(parentElement);
  const speaking = speakAgain().then(() => (host.lang = spoken()));
  const here: Mounted = { key, scope: new Scope(), component, speaking, embedded: null };
  mounted.set(parentElement, here);
  host.replaceChildren(el("div", { class: "lb-loading", role: "status" }, t("Opening…")));
  open(host, data, here).catch((error: unknown) => {
    if (here.scope.ended) return; // another task is being shown by now
    host.replaceChildren(
      el("div", { class: "lb-problem", role: "alert" }, el("b", {}, t("This task cannot be opened.")), " ", (error as Error).message),
    );
  });
  return leave;
}

async function open(host: HTMLElement, data: Component["data"], here: Mounted): Promise<void> {
  const { scope } = here;
  const trigger = (name: string, value: unknown): void => here.component.setTriggerValue(name, value);
  switch (data.mode) {
    case "upload": {
      const [{ mountUpload }] = await Promise.all([import("./upload"), here.speaking]);
      if (!scope.ended) mountUpload(host, data, scope, (count) => trigger("uploaded", { count, at: Date.now() }));
      return;
    }
    case "labels": {
      const [{ mountLabelFiles }] = await Promise.all([import("./label_files"), here.speaking]);
      if (!scope.ended) mountLabelFiles(host, data, scope, (count) => trigger("uploaded", { count, at: Date.now() }));
      return;
    }
    case "review": {
      const { mountReview } = await import("./review");
      return mountReview(host, data, scope, (annotation, decision) => trigger("reviewed", { annotation, decision }));
    }
    case "verify": {
      const { mountVerify } = await import("./review");
      return mountVerify(host, data, scope, (decided) => trigger("verified", { decided, at: Date.now() }));
    }
    case "annotate": {
      const { mountEditor } = await import("./editor");
      return mountEditor(host, data, scope, (task) => trigger("navigate", { task, at: Date.now() }));
    }
    case "looking": {
      const { mountLooking } = await import("./looking");
      return mountLooking(host, data, scope);
    }
    case "stretch": {
      const [{ mountStretchPlayer }] = await Promise.all([import("./review"), here.speaking]);
      if (!scope.ended) mountStretchPlayer(host, data, scope);
      return;
    }
    case "embedded": {
      const { mountEmbedded } = await import("./embedded/mount");
      if (scope.ended) return;
      const { opened, embedded } = mountEmbedded(host, data, scope, (edited) => here.component.setStateValue("document", edited));
      here.embedded = embedded;
      return opened;
    }
  }
}

function findHost(parentElement: HTMLElement): HTMLElement {
  const present = parentElement.querySelector<HTMLElement>(".lb-host");
  if (present) return present;
  const host = el("div", { class: "lb-host" });
  parentElement.append(host);
  return host;
}
