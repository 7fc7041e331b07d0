/**
 * The entry point that Streamlit calls: mounts the editor, the review or the upload into the component's element. Each of
 * them is a file of its own, fetched when it is wanted.
 */
import { el } from "./dom";
import type { EditorData } from "./editor";
import type { ReviewData } from "./review";
import { Scope } from "./scope";
import type { UploadData } from "./upload";

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
  const here: Mounted = { key, scope: new Scope(), trigger: component.setTriggerValue };
  mounted.set(parentElement, here);
  host.replaceChildren(el("div", { class: "lb-loading", role: "status" }, "Opening…"));
  const opened = open(host, data, here);
  opened.catch((error: unknown) => {
    if (here.scope.ended) return; // another task is being shown by now
    host.replaceChildren(
      el("div", { class: "lb-problem", role: "alert" }, el("b", {}, "This task cannot be opened. "), (error as Error).message),
    );
  });
  return () => leave(parentElement);
}

async function open(host: HTMLElement, data: Component["data"], here: Mounted): Promise<void> {
  const { scope } = here;
  const tell = (name: string, value: unknown): void => here.trigger(name, value);
  if (data.mode === "upload") {
    const { mountUpload } = await import("./upload");
    if (!scope.ended) mountUpload(host, data, scope, (count) => tell("uploaded", { count, at: Date.now() }));
  } else if (data.mode === "review") {
    const { mountReview } = await import("./review");
    await mountReview(host, data, scope, (annotation, decision) => tell("reviewed", { annotation, decision }));
  } else {
    const { mountEditor } = await import("./editor");
    await mountEditor(host, data, scope, (task) => tell("navigate", { task, at: Date.now() }));
  }
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
