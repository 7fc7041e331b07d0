/** The columns of the region grid: what each shows of a region, and which can be edited or sorted by. */
import type { Label } from "../api/answers";
import type { Region } from "../editing/document";
import { clock } from "../engine/time";
import { decimal, percent, t } from "../i18n";
import type { Drawn, Mark } from "../layers/regions";
import { type AnswerColumn, answerColumn, answerText, askedIn, isAnswer } from "./answers";
import { isBeat } from "./beat_rows";
import type { SortKey } from "./rows";

type PlainColumn = "label" | "start" | "end" | "duration" | "text" | "score" | "state" | "low" | "high" | "tier" | "place" | "downbeat";
export type ColumnId = PlainColumn | AnswerColumn;

export interface Column {
  id: ColumnId;
  title: string;
  sort: SortKey | null;
}

/** A row with all that columns show of it. */
export interface Shown {
  drawn: Drawn;
  region: Region | null;
  label: Label;
}

/** Columns that are there only where they are used. */
export interface Uses {
  /** Regions lie on tiers. */
  tier: boolean;
  /** There are regions that are bounded in frequency. */
  band: boolean;
  /** What labels ask about their regions, by name. */
  asked: readonly string[];
  /** There are beats. */
  beats?: boolean;
}

export function columns(uses: Uses = { tier: false, band: false, asked: [] }): readonly Column[] {
  return [
    { id: "label", title: t("Label"), sort: "label" },
    { id: "start", title: t("Start"), sort: "start" },
    { id: "end", title: t("End"), sort: null },
    { id: "duration", title: t("Duration"), sort: "duration" },
    ...(uses.beats ? [{ id: "place" as const, title: t("Bar:beat"), sort: null }, { id: "downbeat" as const, title: t("Downbeat"), sort: null }] : []),
    ...(uses.tier ? [{ id: "tier" as const, title: t("Tier"), sort: null }] : []),
    ...(uses.band ? [{ id: "low" as const, title: t("From Hz"), sort: null }, { id: "high" as const, title: t("To Hz"), sort: null }] : []),
    { id: "text", title: t("Text"), sort: null },
    ...uses.asked.map((question) => ({ id: answerColumn(question), title: question, sort: null })),
    { id: "score", title: t("Score"), sort: "score" },
    { id: "state", title: t("State"), sort: null },
  ];
}

/** Whether a column of a region can be edited, apart from rights and locks. */
export function canBeEdited(column: ColumnId, { drawn, label }: Shown): boolean {
  if (isBeat(drawn)) return column === "start" || column === "downbeat";
  if (isAnswer(column)) return askedIn(column, label) !== null;
  if (column === "score" || column === "state" || column === "place" || column === "downbeat") return false;
  return column === "label" || column === "start" || column === "tier" || drawn.start !== drawn.end; // an instant has neither end nor text
}

/** What a cell says. */
export function cellText(column: ColumnId, { drawn, region, label }: Shown): string {
  if (isAnswer(column)) return answerText(askedIn(column, label), region);
  const instant = drawn.start === drawn.end;
  switch (column) {
    case "label":
      return label.name;
    case "start":
      return clock(drawn.start);
    case "end":
      return instant ? "" : clock(drawn.end);
    case "duration":
      return instant ? "" : lengthText(drawn.end - drawn.start);
    case "text":
      return region?.text ?? "";
    case "place":
      return isBeat(drawn) ? `${drawn.bar}:${drawn.position}` : "";
    case "downbeat":
      return isBeat(drawn) ? (drawn.isDownbeat ? t("yes") : t("no")) : "";
    case "tier":
      return region?.tier ?? "";
    case "low":
    case "high":
      return hertzText(region?.[column]);
    case "score":
      return drawn.score === null ? "" : percent(drawn.score);
    case "state":
      return stateText(drawn, region);
  }
}

/** A frequency in whole Hz, as it is typed; nothing where it is not bounded. */
export function hertzText(hertz: number | null | undefined): string {
  return hertz == null ? "" : String(Math.round(hertz));
}

/** The class of the cells of a column. */
export function cellClass(column: ColumnId): string {
  return isAnswer(column) ? "cell-answer" : `cell-${column}`;
}

/** How wide the columns of a row are, as a style; `texts`: whether regions have any. */
export function widths(all: readonly Column[], texts: boolean): string {
  return all.map((column) => widthOf(column, texts)).map(([least, share]) => (share ? `minmax(${least}px, ${share}fr)` : `${least}px`)).join(" ");
}

/** The least width of a row (pixels): where there is less room, the grid is scrolled. */
export function leastWidth(all: readonly Column[]): number {
  return all.reduce((sum, column) => sum + widthOf(column, true)[0], 2 * ROW_PADDING);
}

const ROW_PADDING = 6;

/** The least width in pixels, and the share of what room is left. */
type Width = readonly [number, number];

function widthOf({ id, title }: Column, texts: boolean): Width {
  if (isAnswer(id)) return [ANSWER_WIDTH, Math.min(2.5, Math.max(1, title.length / 10))]; // questions are longer than what is answered
  const [least, share] = WIDTHS[id];
  return [least, id === "text" && !texts ? 0 : share];
}

const ANSWER_WIDTH = 72;
const WIDTHS: Record<PlainColumn, Width> = {
  label: [84, 1.1],
  start: [82, 0],
  end: [82, 0],
  duration: [80, 0],
  place: [80, 0],
  downbeat: [90, 0],
  tier: [60, 1],
  low: [64, 0],
  high: [64, 0],
  text: [64, 2],
  score: [56, 0],
  state: [76, 1.1],
};

/** A length as it is typed: seconds, from a minute on as a clock. */
export function lengthText(seconds: number): string {
  return seconds < 59.9995 ? decimal(seconds, 3) : clock(seconds);
}

function stateText({ mark }: Drawn, region: Region | null): string {
  const origin = region?.origin;
  if (origin?.by) return origin.by;
  const states: Record<Mark, string> = {
    human: origin?.kind === "analysis" ? (origin.edited ? t("found, edited") : t("found")) : origin?.kind === "import" ? t("imported") : origin?.kind === "consensus" ? t("consensus") : t("by hand"),
    accepted: origin?.edited ? t("edited") : t("accepted"),
    prediction: t("suggested"),
    below: t("suggested, below"),
    dismissed: t("rejected"),
    rejected: t("sent back"),
    approved: t("approved"),
  };
  return (origin?.kind === "model" || origin?.kind === "analysis") && origin.model ? `${states[mark]} · ${origin.model}` : states[mark];
}
