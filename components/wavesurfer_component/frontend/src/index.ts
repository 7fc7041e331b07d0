/** The entry point that Streamlit calls: mounts the editor, the review or the upload into the component's element. */
import { el } from "./dom";
import { type EditorData, mountEditor } from "./editor";
import { speakAgain, spoken, t } from "./i18n";
import { mountReview, type ReviewData } from "./review";
import { Scope } from "./scope";
import { mountUpload, type UploadData } from "./upload";

interface Component {
  parentElement: HTMLElement;
  data: EditorData | ReviewData | UploadData;
  setTriggerValue(name: string, value: unknown): void;
}

interface Mounted {
  key: string;
  scope: Scope;
  trigger: Component["setTriggerValue"];
}

const mounted = new WeakMap<HTMLElement, Mounted>();

/** Called at every rerun; the same task stays as it is, another one replaces it. */
export default function mount(component: Component): () => void {
  const { parentElement, data } = component;
  const key = JSON.stringify(data);
  const present = mounted.get(parentElement);
  if (present?.key === key) {
    present.trigger = component.setTriggerValue;
    present.scope.redraw(); // the theme may be another one
    return () => leave(parentElement);
  }
  present?.scope.end();
  const host = findHost(parentElement);
  const speaking = speakAgain().then(() => (host.lang = spoken()));
  const here: Mounted = { key, scope: new Scope(), trigger: component.setTriggerValue };
  mounted.set(parentElement, here);
  if (data.mode === "upload") {
    void speaking.then(() => {
      if (!here.scope.ended) mountUpload(host, data, here.scope, (count) => here.trigger("uploaded", { count, at: Date.now() }));
    });
    return () => leave(parentElement);
  }
  host.replaceChildren(el("div", { class: "lb-loading", role: "status" }, t("Opening…")));
  const opened =
    data.mode === "review"
      ? mountReview(host, data, here.scope, (annotation, decision) => here.trigger("reviewed", { annotation, decision }))
      : mountEditor(host, data, here.scope, (task) => here.trigger("navigate", { task, at: Date.now() }));
  opened.catch((error: unknown) => {
    if (here.scope.ended) return; // another task is being shown by now
    host.replaceChildren(
      el("div", { class: "lb-problem", role: "alert" }, el("b", {}, t("This task cannot be opened.")), " ", (error as Error).message),
    );
  });
  return () => leave(parentElement);
}

function leave(parentElement: HTMLElement): void {
  mounted.get(parentElement)?.scope.end();
  mounted.delete(parentElement);
}

function findHost(parentElement: HTMLElement): HTMLElement {
  const present = parentElement.querySelector<HTMLElement>(".lb-host");
  if (present) return present;
  const host = el("div", { class: "lb-host" });
  parentElement.append(host);
  return host;
}
