/** The columns of the region grid: what each shows of a region, and which can be edited or sorted by. */
import type { Label } from "../api";
import type { Region } from "../editing/document";
import { clock } from "../engine/time";
import { decimal, percent, t } from "../i18n";
import type { Drawn, Mark } from "../layers/regions";
import type { SortKey } from "./rows";

export type ColumnId = "label" | "start" | "end" | "duration" | "text" | "score" | "state" | "low" | "high" | "tier";

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
}

export function columns(uses: Uses = { tier: false, band: false }): readonly Column[] {
  return [
    { id: "label", title: t("Label"), sort: "label" },
    { id: "start", title: t("Start"), sort: "start" },
    { id: "end", title: t("End"), sort: null },
    { id: "duration", title: t("Duration"), sort: "duration" },
    ...(uses.tier ? [{ id: "tier" as const, title: t("Tier"), sort: null }] : []),
    ...(uses.band ? [{ id: "low" as const, title: t("From Hz"), sort: null }, { id: "high" as const, title: t("To Hz"), sort: null }] : []),
    { id: "text", title: t("Text"), sort: null },
    { id: "score", title: t("Score"), sort: "score" },
    { id: "state", title: t("State"), sort: null },
  ];
}

/** Whether a column of a region can be edited, apart from rights and locks. */
export function canBeEdited(column: ColumnId, { drawn }: Shown): boolean {
  if (column === "score" || column === "state") return false;
  return column === "label" || column === "start" || column === "tier" || drawn.start !== drawn.end; // an instant has neither end nor text
}

/** What a cell says. */
export function cellText(column: ColumnId, { drawn, region, label }: Shown): string {
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
      return [region?.text ?? "", attributesText(region, label)].filter(Boolean).join(" · ");
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

/** How wide the columns of a row are, as a style. */
export function widths(all: readonly Column[]): string {
  return all.map(({ id }) => WIDTHS[id]).join(" ");
}

const WIDTHS: Record<ColumnId, string> = {
  label: "minmax(84px, 1.1fr)",
  start: "82px",
  end: "82px",
  duration: "80px",
  tier: "minmax(60px, 1fr)",
  low: "64px",
  high: "64px",
  text: "minmax(64px, 2fr)",
  score: "56px",
  state: "minmax(76px, 1.1fr)",
};

/** A length as it is typed: seconds, from a minute on as a clock. */
export function lengthText(seconds: number): string {
  return seconds < 59.9995 ? decimal(seconds, 3) : clock(seconds);
}

function attributesText(region: Region | null, { attributes }: Label): string {
  const given = region?.attributes ?? {};
  const said = (value: unknown): string => (value === true ? t("yes") : value === false ? t("no") : String(value));
  return attributes
    .filter(({ id }) => (given[id] ?? null) !== null)
    .map(({ id, name }) => `${name}: ${said(given[id])}`)
    .join(", ");
}

function stateText({ mark }: Drawn, region: Region | null): string {
  const origin = region?.origin;
  const states: Record<Mark, string> = {
    human: origin?.kind === "import" ? t("imported") : origin?.kind === "consensus" ? t("consensus") : t("by hand"),
    accepted: origin?.edited ? t("edited") : t("accepted"),
    prediction: t("suggested"),
    below: t("suggested, below"),
    dismissed: t("rejected"),
    rejected: t("sent back"),
    approved: t("approved"),
  };
  return origin?.kind === "model" && origin.model ? `${states[mark]} · ${origin.model}` : states[mark];
}
