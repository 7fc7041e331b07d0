/** When somebody else, or another tab, saved first: says what came from there, and lets people choose where both changed something. */
import { el } from "../dom";
import type { Stage } from "../engine/stage";
import { plural, t } from "../i18n";
import { conflictView } from "../panels/conflict_view";
import type { Notice } from "../panels/notice";
import type { StandingLine } from "../panels/standing_line";
import type { Keyboard } from "../keyboard";
import type { Choosing } from "./choosing";
import { chosen, type Conflict, type InThree, joined, news, sameValue, type Side, spanOf } from "./conflicts";
import { itemKey } from "./document";
import type { Store } from "./store";
import { inNumbers } from "./tallies";

export interface MergingPorts {
  /** The username of the person who works here. */
  me: string;
  store: Store;
  notice: Notice;
  /** What is told stands here. */
  line: StandingLine;
  stage(): Stage;
  choosing(): Choosing;
  keyboard(): Keyboard;
  editable(): boolean;
  say(text: string): void;
  /** What others changed is on the screen. */
  came(): void;
}

export class Merging {
  private conflicts: Conflict[] = [];
  private readonly decided = new Set<string>();
  private who = "";

  constructor(private readonly ports: MergingPorts) {}

  /** The server's document is on the screen now, merged with ours: say what others did. */
  heard(documents: InThree, by: string): void {
    const found = news(documents);
    if (!found) return;
    const { elsewhere, conflicts } = found;
    const { me, notice, say } = this.ports;
    this.who = by && by !== me ? by : t("Another tab");
    const came = t("{who}: {what}.", { who: this.who, what: inNumbers(elsewhere) });
    if (!conflicts.length) {
      notice.show(came);
      if (this.conflicts.length) this.show(came);
      return this.ports.came();
    }
    this.conflicts = joined(this.conflicts, conflicts);
    for (const { key } of conflicts) this.decided.delete(key);
    this.show(came);
    say(this.ports.line.root.textContent ?? "");
    this.ports.came();
  }

  private show(came: string): void {
    const count = this.conflicts.length;
    const both = t("{count} of these items you changed too, differently", { count });
    const theirs = this.conflicts.filter((one) => chosen(one, this.ports.store.items) === "theirs").length;
    const kept = theirs === 0 ? plural(count, "yours is kept.", "yours are kept.") : plural(theirs, "{count} is as they have it.", "{count} are as they have it.");
    this.ports.line.show(
      el("span", {}, `${came} ${both}: ${kept}`),
      el("button", { type: "button", onclick: () => this.open(came) }, t("Compare…")),
      el("button", { type: "button", onclick: () => this.dismiss() }, t("Dismiss")),
    );
  }

  private open(came: string): void {
    const { store, editable, keyboard } = this.ports;
    keyboard().show((close) =>
      conflictView({
        conflicts: this.conflicts,
        who: this.who,
        present: () => store.items,
        label: (id) => store.label(id),
        hidesScores: () => store.hidesScores,
        editable,
        take: (conflicts, side) => this.take(conflicts, side),
        undo: () => store.undo(),
        redo: () => store.redo(),
        go: (conflict) => this.go(conflict),
        play: (conflict) => this.play(conflict),
        close: () => {
          close();
          if (this.conflicts.every((one) => this.decided.has(one.key))) this.dismiss();
          else this.show(came);
        },
      }),
    );
  }

  /** Make the document what a side wanted: an edit like any other, one step of undo. */
  private take(conflicts: readonly Conflict[], side: Side): void {
    const { store, say } = this.ports;
    const changes = conflicts
      .flatMap((one) => one.items)
      .map((one) => store.put(one.collection, one.id, one[side]))
      .filter(({ before, after }) => !sameValue(before, after));
    const made = store.edit(changes);
    for (const one of conflicts) if (chosen(one, store.items) === side) this.decided.add(one.key);
    if (changes.length && !made) return; // their lanes are locked, which was told
    say(side === "ours" ? t("Yours is kept") : t("Theirs is taken; Ctrl+Z takes that back"));
  }

  private go(conflict: Conflict): void {
    const { store } = this.ports;
    const { collection, id } = conflict.items[0]!;
    const selectable = (collection === "regions" || collection === "points") && store.items.get(itemKey(collection, id)) !== undefined && store.region(id) !== null;
    if (selectable) this.ports.choosing().select(id, true);
    const span = spanOf(conflict);
    if (!span) return;
    const stage = this.ports.stage();
    stage.view.reveal(span.start);
    stage.playback.seek(stage.clamp(span.start));
    stage.mark();
  }

  private play(conflict: Conflict): void {
    const span = spanOf(conflict);
    if (span && span.end > span.start) this.ports.stage().playback.playExactly(span.start, () => span.end);
  }

  private dismiss(): void {
    this.conflicts = [];
    this.decided.clear();
    this.ports.line.hide();
    this.ports.keyboard().focus();
  }
}
