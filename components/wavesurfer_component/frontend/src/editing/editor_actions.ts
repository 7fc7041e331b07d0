/** What keys and buttons do in the editor besides playing and what regions have of their own: suggestions, beats, the task. */
import type { FirstPass } from "../first_pass";
import type { HandingIn } from "../handing_in";
import { decimal, t, typedNumber } from "../i18n";
import type { Keyboard } from "../keyboard";
import { ask } from "../panels/asking";
import type { Predicting } from "../predicting";
import { type Beats, NONE_SELECTED } from "./beats";
import type { Choosing } from "./choosing";
import type { Deciding } from "./deciding";
import type { Edits } from "./edits";
import { type KeyPress, nudgeSeconds } from "./key_press";
import { type Actions, REGION_MOVE } from "./region_actions";
import { isOpen, suggestionAfter } from "./selecting";
import type { Snapping } from "./snapping";
import { spokenChanges } from "./spoken";
import type { Store } from "./store";
import type { Tiers } from "./tiers";

export interface EditorActionPorts {
  store: Store;
  edits: Edits;
  deciding: Deciding;
  beats: Beats;
  snapping: Snapping;
  predicting: Predicting;
  firstPass: FirstPass;
  tiers: Tiers;
  handing: HandingIn;
  choosing: Choosing;
  keyboard: Keyboard;
  chosenModel(): string;
  editText(): void;
  say(text: string): void;
  complain(text: string): void;
  refresh(): void;
}

/** Actions that change the annotation. */
export function changingActions(ports: EditorActionPorts): Actions {
  const { store, edits, deciding, beats, predicting } = ports;
  const ofLabel = (decide: (label: string) => void): void => {
    const label = edits.selected?.label;
    if (label) decide(label);
    else ports.say(t("Select a suggestion of the label first"));
  };
  return {
    undo: () => {
      const changes = store.undo();
      if (changes) ports.say(t("Undone: {what}", { what: spokenChanges(changes, (id) => store.label(id).name) }));
    },
    redo: () => {
      const changes = store.redo();
      if (changes) ports.say(t("Done again: {what}", { what: spokenChanges(changes, (id) => store.label(id).name) }));
    },
    "edit-text": () => ports.editText(),
    accept: () => deciding.accept(store.selection.ids),
    reject: () => {
      if (!deciding.takeBack(store.selection.ids)) reject(store, edits, deciding, store.selection.ids);
    },
    "accept-all": () => deciding.acceptAll(),
    "accept-label": () => ofLabel((label) => deciding.acceptAll(label)),
    "reject-above": () => deciding.rejectAll(),
    "reject-label": () => ofLabel((label) => deciding.rejectAll(label)),
    "reject-below": () => deciding.rejectBelow(),
    predict: () => {
      if (!withheld(ports)) void predicting.ask(ports.chosenModel());
    },
    "predict-selection": () => {
      if (!withheld(ports)) void predicting.ask(ports.chosenModel(), ports.choosing.stretch);
    },
    tap: () => beats.tap(),
    "use-beats": () => void beats.useFound(),
    "tempo-onward": () => beats.onward(),
    downbeat: () => beats.downbeat(),
    "meter-from": () => void meterFrom(ports),
    "double-beats": () => beats.double(),
    "halve-beats": () => beats.halve(),
  };
}

/** Ask how many beats bars have from the selected beat on. */
async function meterFrom({ beats, keyboard, complain }: EditorActionPorts): Promise<void> {
  const { selected } = beats;
  if (selected === null) return complain(t(NONE_SELECTED));
  const typed = await ask(keyboard, t("Beats in a bar from here on, up to the next change"), String(beats.meter));
  if (typed !== null && beats.selected === selected) beats.setMeterFrom(typedNumber(typed) ?? 0);
}

/** Actions that work also while the annotation cannot be changed. */
export function otherActions(ports: EditorActionPorts): Actions {
  const { store, handing, snapping } = ports;
  const threshold = (by: number) => (): void => {
    if (store.hidesScores) return ports.say(t("Scores are hidden"));
    store.threshold = Math.min(1, Math.max(0, Math.round((store.threshold + by) * 100) / 100));
    ports.say(t("Scores from {threshold} on", { threshold: decimal(store.threshold, 2) }));
    ports.refresh();
  };
  return {
    "hide-suggestions": () => {
      if (withheld(ports)) return;
      store.hidesSuggestions = !store.hidesSuggestions;
      if (store.predictions.length) ports.firstPass.noteView();
      ports.say(store.hidesSuggestions ? t("Suggestions hidden") : t("Suggestions shown"));
      ports.refresh();
    },
    "show-rejected": () => {
      if (withheld(ports)) return;
      if (!store.showsRejected && !store.rejectedCount) return ports.say(t("No suggestion is rejected"));
      store.showsRejected = !store.showsRejected;
      ports.say(store.showsRejected ? t("Rejected suggestions shown") : t("Rejected suggestions hidden"));
      ports.refresh();
    },
    "tier-above": () => ports.tiers.step(-1),
    "tier-below": () => ports.tiers.step(1),
    "threshold-down": threshold(-0.05),
    "threshold-up": threshold(0.05),
    "snap-mode": () => {
      snapping.next();
      ports.say(t("Edges snap to: {what}", { what: snapping.says }));
      ports.refresh();
    },
    "next-task": () => void handing.goOn(),
    "previous-task": () => void handing.back(),
    "skip-task": () => void handing.skip(),
    submit: () => void handing.submit(),
    flag: () => void handing.flag(),
  };
}

/** What keys that adjust a region do while a beat is selected and no region is. */
export function beatActions(beats: Beats): Actions {
  const move = (way: 1 | -1) => (press: KeyPress): void => beats.nudge(way * nudgeSeconds(press));
  return {
    "start-earlier": move(-1),
    "end-earlier": move(-1),
    "start-later": move(1),
    "end-later": move(1),
    "region-earlier": () => beats.nudge(-REGION_MOVE.usual),
    "region-later": () => beats.nudge(REGION_MOVE.usual),
    "region-earlier-far": () => beats.nudge(-REGION_MOVE.far),
    "region-later-far": () => beats.nudge(REGION_MOVE.far),
    "region-earlier-fine": () => beats.nudge(-REGION_MOVE.fine),
    "region-later-fine": () => beats.nudge(REGION_MOVE.fine),
    delete: () => beats.remove(),
  };
}

/** Whether there are no suggestions at all; why is said. */
function withheld(ports: EditorActionPorts): boolean {
  const { reason } = ports.firstPass;
  if (reason !== null) ports.say(reason);
  return reason !== null;
}

/** Reject suggestions, and select the one that follows when it was a single one. */
export function reject(store: Store, edits: Edits, deciding: Deciding, ids: readonly string[]): void {
  const open = ids.filter((id) => store.suggestion(id) !== null);
  if (!open.length) return;
  const before = store.selection.ids;
  const next = open.length === 1 ? suggestionAfter(store.drawn(), open[0]!) : null;
  const single = open.length === 1 ? store.suggestion(open[0]!)! : null;
  store.selected = next && isOpen(next) ? next.id : null;
  const made = single ? deciding.rejectItem(single.prediction.id, single.region.id) : edits.remove(open.map((id) => store.suggestion(id)!.region));
  if (!made) store.selection.all(before); // their lanes are locked
}
