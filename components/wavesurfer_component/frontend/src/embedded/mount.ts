/** The editor in an app of its own: the document goes to Python, nothing else answers. */
import { openEditor, type OpenedEditor } from "../editor";
import type { Scope } from "../scope";
import { EmbeddedApi } from "./api";
import type { Edited, EmbeddedData } from "./data";

export interface Embedded {
  /** Python ran again and says this. */
  update(data: EmbeddedData): void;
}

export function mountEmbedded(host: HTMLElement, first: EmbeddedData, scope: Scope, send: (edited: Edited) => void): { opened: Promise<void>; embedded: Embedded } {
  const api = new EmbeddedApi(first, send, scope);
  let data = first;
  let editor: OpenedEditor | null = null;
  const suggest = async (): Promise<void> => {
    const address = data.predictions;
    const suggested = await api.predictions().catch(() => null);
    if (suggested && address === data.predictions) editor?.suggest(suggested);
  };
  const opened = openEditor(host, api, { task: first.recording, project: first.recording }, scope, () => undefined).then((made) => {
    editor = made;
    if (made && data !== first) update(data);
  });
  const update = (next: EmbeddedData): void => {
    const before = data;
    data = next;
    api.update(next);
    if (!editor) return;
    if (next.predictions !== before.predictions) void suggest();
    if (next.readonly !== before.readonly) editor.refresh();
  };
  // Whoever presses something else on the page wants the script to see what is on the screen.
  const leaving = (event: Event): void => {
    if (event.composedPath().includes(host)) return;
    editor?.commit();
    api.flush();
  };
  scope.onWindow("pointerdown", leaving, true);
  scope.on(host, "focusout", () => api.flush());
  scope.onWindow("blur", () => api.flush());
  return { opened, embedded: { update } };
}
