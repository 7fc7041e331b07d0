/** What keys and buttons do in editor and review to go somewhere: a time, a bookmark, another lane; and what the project asks. */
import type { Stage } from "../engine/stage";
import { clock, parseClock } from "../engine/time";
import { t } from "../i18n";
import type { Keyboard } from "../keyboard";
import type { Drawn } from "../layers/regions";
import { ask } from "../panels/asking";
import type { InstructionsPanel } from "../panels/instructions";
import type { Bookmarks } from "./bookmarks";
import type { Actions } from "./region_actions";
import { inNextLane } from "./selecting";

export interface PlaceActionPorts {
  instructions: Pick<InstructionsPanel, "toggle">;
  stage: Stage;
  bookmarks: Bookmarks;
  keyboard: Keyboard;
  selected(): string | null;
  /** Select something and show it, if there is something. */
  selectDrawn(one: { id: string } | null): void;
  say(text: string): void;
  complain(text: string): void;
}

export function placeActions(ports: PlaceActionPorts): Actions {
  const { stage, keyboard, selected, selectDrawn } = ports;
  stage.bookmarks = ports.bookmarks.all;
  return {
    help: () => keyboard.toggleHelp(),
    instructions: () => showInstructions(ports),
    "go-to": () => void goTo(ports),
    bookmark: () => toggleBookmark(ports),
    "next-bookmark": () => stepToBookmark(ports, 1),
    "previous-bookmark": () => stepToBookmark(ports, -1),
    "lane-below": () => selectDrawn(inNextLane(lanes(stage), selected(), stage.playback.time, 1)),
    "lane-above": () => selectDrawn(inNextLane(lanes(stage), selected(), stage.playback.time, -1)),
  };
}

/** Put the playhead somewhere, in view. */
export function showTime(stage: Stage, time: number): void {
  stage.playback.seek(time);
  stage.view.reveal(time);
  stage.mark();
}

function showInstructions({ instructions, complain }: PlaceActionPorts): void {
  if (!instructions.toggle()) complain(t("This project has no instructions."));
}

async function goTo({ stage, keyboard, complain }: PlaceActionPorts): Promise<void> {
  const typed = await ask(keyboard, t("Go to a time, for example 12.5 or 1:02.5"), clock(stage.playback.time));
  if (typed === null) return;
  const seconds = parseClock(typed);
  if (seconds === null) return complain(t("{typed} is no time. Type one such as 12.5, 1:02.5 or 1:01:02.5.", { typed }));
  showTime(stage, stage.clamp(seconds));
}

function toggleBookmark({ stage, bookmarks, say }: PlaceActionPorts): void {
  const { time } = stage.playback;
  const set = bookmarks.toggle(time);
  stage.bookmarks = bookmarks.all;
  stage.mark();
  say(set ? t("Bookmark at {time}", { time: clock(time) }) : t("Bookmark taken away"));
}

function stepToBookmark({ stage, bookmarks, say }: PlaceActionPorts, way: 1 | -1): void {
  const found = bookmarks.beside(stage.playback.time, way);
  if (found === null) return say(way > 0 ? t("No bookmark after the playhead") : t("No bookmark before the playhead"));
  showTime(stage, stage.clamp(found));
}

/** What lies in lanes that are not hidden. */
const lanes = (stage: Stage): Iterable<Drawn>[] => stage.lanes.filter((lane) => !lane.folded).map((lane) => lane.index.between(-Infinity, Infinity));
