/** Saving as the editor shows it: the status, what the server corrected, undo across a reload, and what happens at leaving. */
import type { Annotation, Task } from "../api/answers";
import type { Api } from "../api/api";
import { el } from "../dom";
import { t } from "../i18n";
import type { Notice } from "../panels/notice";
import { Offline } from "../panels/offline";
import type { Scope } from "../scope";
import type { InThree } from "./conflicts";
import { itemKey, type Region, type Value } from "./document";
import { HistoryMemory } from "./history_memory";
import { browserLargeStore } from "./indexed";
import { Journals } from "./journals";
import { LargeHistories } from "./large_histories";
import { Saver, type SaverPorts, type Saves, type SaveState } from "./saver";
import { browserStore } from "./storage";
import type { Store } from "./store";

export interface SavingPorts {
  refresh(): void;
  say(text: string): void;
  /** The server says where the annotation stands. */
  stands(state: Annotation["state"]): void;
  /** The task is not there for this person any more. */
  gone(why: string): void;
  /** Something was saved: a task that was skipped is taken up again. */
  saved(): void;
  /** Make an edit of what was typed and is not one yet. */
  commit(): void;
  /** Others saved something since; it is on the screen, merged with ours. */
  merged(documents: InThree, by: string): void;
  /** Whether something is being dragged. */
  dragging(): boolean;
}

const says = (state: SaveState): string =>
  ({
    saved: t("All changes saved"),
    saving: t("Saving…"),
    offline: t("Not saved yet"),
    unkept: t("Not saved, leave this tab open"),
    merged: t("Merged with changes from elsewhere"),
    refused: t("Not saved"),
    closed: t("Not saved"),
    gone: t("Not saved"),
  })[state];

/** What the names of kept steps of undo begin with. */
const HISTORIES = "labelbuddy:history:";

/** Editors that were left and still send their last edits. */
const leaving = new Set<Promise<void>>();
const LEAVING_MS = 1500;
const LABELS_MS = 60_000;

/** Wait a moment for editors that were just left: what they still send belongs to what the next one opens. */
export async function leftEditors(): Promise<void> {
  await Promise.race([Promise.all(leaving), new Promise((resolve) => setTimeout(resolve, LEAVING_MS))]);
}

export class Saving {
  readonly status = el("span", { class: "save-status", role: "status" });
  readonly saver: Saves;
  readonly offline: Offline;

  constructor(
    api: Api,
    private readonly task: Task,
    private readonly annotation: Annotation,
    client: string,
    private readonly store: Store,
    private readonly notice: Notice,
    private readonly ports: SavingPorts,
    scope: Scope,
  ) {
    const saverPorts: SaverPorts = {
      send: async (batch, last) => {
        const answer = await api.save(task.id, batch, last);
        ports.saved();
        return answer;
      },
      reload: async () => {
        const present = await api.annotation(task.id);
        ports.stands(present.state);
        return present;
      },
      present: () => store.items,
      merged: (documents, by) => ports.merged(documents, by),
      replaced: (items) => {
        store.items = items;
        ports.refresh();
      },
      corrected: (collection, values) => this.corrected(collection, values),
      told: (state, detail) => this.told(state, detail),
      labelsChanged: (changes) => {
        const what = t("Labels were changed: {what} Your work is saved with the new ones. Reload the page to see them all.", { what: changes.join(" ") });
        notice.show(what, LABELS_MS);
        ports.say(what);
      },
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
    const journals = new Journals(browserStore(), browserLargeStore(), `labelbuddy:journal:${annotation.user}:${task.id}:`, annotation.id);
    this.saver = api.keeper?.(saverPorts) ?? new Saver(journals, client, saverPorts);
    const { dragging, say } = ports;
    this.offline = new Offline({ waiting: () => this.saver.waiting, hurry: () => this.saver.hurry(), dragging, say }, scope);
  }

  /** Show the document with what a crash had left unsaved, and the steps that can be undone; save until the scope ends. */
  begin(scope: Scope): void {
    const { annotation, store } = this;
    store.items = this.saver.begin(annotation.revision, annotation.document);
    const memory = new HistoryMemory(store.history, `${HISTORIES}${annotation.user}:${this.task.id}`, {
      items: () => store.items,
      running: store.fingerprint,
      large: new LargeHistories(browserLargeStore(), HISTORIES),
      restored: () => this.ports.refresh(),
    });
    memory.restore();
    scope.every(1000, () => memory.keep());
    scope.onWindow("pagehide", () => memory.keep());
    scope.add(() => memory.keep());
    this.listen(scope);
  }

  private listen(scope: Scope): void {
    scope.onWindow("beforeunload", (event) => {
      this.ports.commit();
      if (!this.saver.idle) event.preventDefault();
    });
    scope.onWindow("pagehide", () => {
      this.ports.commit();
      this.saver.part();
    });
    scope.every(2000, () => this.saver.touch());
    scope.add(() => {
      this.ports.commit();
      const done = this.saver.leave();
      leaving.add(done);
      void done.finally(() => leaving.delete(done));
    });
  }

  /** The server rounds times; take its values over where nothing newer is on the screen. */
  private corrected(collection: string, values: Value[]): void {
    if (collection !== "regions" || !this.saver.idle) return;
    for (const value of values as Region[]) {
      const present = this.store.items.get(itemKey("regions", value.id)) as Region | undefined;
      if (present && Math.abs(present.start - value.start) < 0.01 && Math.abs(present.end - value.end) < 0.01) {
        this.store.correct("regions", value.id, { ...present, start: value.start, end: value.end });
      }
    }
  }

  private told(state: SaveState, detail: string): void {
    this.offline.told(state, detail);
    this.status.className = `save-status is-${state}`;
    this.status.textContent = says(state); // why not stands in a line above, where there is room
    const whole = (this.status.title = detail && state !== "saved" ? `${says(state)}: ${detail}` : says(state));
    if (["refused", "closed"].includes(state)) this.notice.show(whole);
    if (state === "gone") this.ports.gone(detail);
    if (["offline", "unkept", "refused", "closed", "gone"].includes(state)) this.ports.say(whole);
  }
}
