/** Where the rules of labels let regions lie, and what they let them say; the server holds saves to the same rules. */
import type { Attribute, Label } from "../api/answers";
import { LaneIndex } from "../engine/lanes";
import { problemOfText } from "../engine/vocabularies";
import { decimal, plural, t } from "../i18n";
import type { Region } from "./document";
import { placed, shortestOf } from "./overlap";
import type { Store } from "./store";

interface Wanted {
  label: string;
  tier?: string | null;
  start: number;
  end: number;
  instant?: true;
}

interface Span {
  start: number;
  end: number;
}

export class Placing {
  constructor(
    private readonly store: Store,
    /** Tell why something was not done. */
    private readonly complain: (text: string) => void,
  ) {}

  /** Where one region may lie beside the others of its label; null (and why is said) where it may not. `but` are going to be elsewhere. */
  one(wanted: Wanted, id: string | null, but: ReadonlySet<string> = new Set()): Span | null {
    const label = this.store.label(wanted.label);
    if (wanted.instant) return { start: wanted.start, end: wanted.end };
    const others = label.overlap === "allow" ? [] : this.beside(wanted).filter((one) => one.id !== id && !but.has(one.id));
    const { span, problem } = this.spanOf(wanted, label, others);
    if (problem) this.complain(problem);
    return span;
  }

  /** Several regions as their labels take them, each also beside those before it; what a rule forbids is left out, and why is said. */
  several(regions: readonly Region[]): Region[] {
    const placing = new Set(regions.map((region) => region.id));
    const lanes = new Map<string, LaneIndex<Region>>();
    const fit: Region[] = [];
    let why = "";
    for (const region of regions) {
      const label = this.store.label(region.label);
      const wrong = problemOfText(label, region.text ?? "");
      const near = this.near(region, label, lanes, placing);
      const { span, problem } = wrong ? { span: null, problem: wrong } : region.instant ? { span: region, problem: "" } : this.spanOf(region, label, near);
      if (!span) {
        why ||= problem;
        continue;
      }
      const taken: Region = { ...withAnswersOf(region, label), start: span.start, end: span.end };
      lanes.get(this.strandOf(region))?.insert(taken);
      fit.push(taken);
    }
    const left = regions.length - fit.length;
    if (why) this.complain(regions.length === 1 ? why : plural(left, "{count} of {all} was left out. {why}", "{count} of {all} were left out. {why}", { all: regions.length, why }));
    return fit;
  }

  private near(region: Region, label: Label, lanes: Map<string, LaneIndex<Region>>, but: ReadonlySet<string>): Region[] {
    if (label.overlap === "allow" || region.instant) return [];
    const strand = this.strandOf(region);
    let lane = lanes.get(strand);
    if (!lane) {
      lane = new LaneIndex(this.beside(region).filter((one) => !but.has(one.id)));
      lanes.set(strand, lane);
    }
    return [...lane.between(region.start, region.end)];
  }

  /** The regions that one would overlap: those of its label, and where lanes are tiers, of its tier. */
  private beside(wanted: Wanted): Region[] {
    const strand = this.strandOf(wanted);
    return this.store.collection<Region>("regions").filter((one) => this.strandOf(one) === strand);
  }

  private strandOf({ label, tier }: Wanted): string {
    return this.store.byTier ? `${label}\n${tier ?? ""}` : label;
  }

  private spanOf(wanted: Wanted, label: Label, others: readonly Span[]): { span: Span | null; problem: string } {
    if (wanted.end - wanted.start < shortestOf(label) - 1e-9) {
      return { span: null, problem: label.shortest ? tooShort(label) : "" };
    }
    const span = placed(wanted, others, label);
    return { span, problem: span ? "" : t("Regions of {label} must not overlap.", { label: label.name }) };
  }
}

export const tooShort = (label: Label): string => t("A region of {label} lasts at least {seconds} s.", { label: label.name, seconds: decimal(label.shortest) });

/** The region with the answers that its label asks for; others stay behind. */
function withAnswersOf(region: Region, label: Label): Region {
  if (!region.attributes) return region;
  const asked = new Map(label.attributes.map((one) => [one.id, one]));
  const kept = Object.entries(region.attributes).filter(([id, value]) => asked.has(id) && isAnswer(asked.get(id)!, value));
  return { ...region, attributes: Object.fromEntries(kept) };
}

const BEST = 5;

function isAnswer(attribute: Attribute, value: unknown): boolean {
  switch (attribute.kind) {
    case "choice":
      return attribute.choices.includes(value as string);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "rating":
      return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= BEST;
    case "yes-no":
      return typeof value === "boolean";
    default:
      return typeof value === "string";
  }
}
