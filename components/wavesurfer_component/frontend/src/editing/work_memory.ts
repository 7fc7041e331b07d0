/**
 * What somebody had set while working, brought back after a reload and on another page: in this tab for the project label, tier,
 * threshold, hidden and rejected suggestions and lanes of models, for the task selection and channels; in this browser what `own_sound.ts` has.
 */
import type { Stage } from "../engine/stage";
import { keepSound, keptSound, type OwnSound } from "../playback/own_sound";
import { RATES } from "../playback/playback";
import type { LabelKeys } from "./label_keys";
import type { StageContents } from "./stage_contents";
import { keepInTab, keptInTab } from "./storage";
import type { Store } from "./store";
import type { TierList } from "./tier_list";

export interface WorkParts {
  project: string;
  task: string;
  user: string;
  store: Store;
  stage: Stage;
  labels: LabelKeys;
  tiers(): TierList;
  contents: StageContents;
}

interface OfProject {
  label: string;
  tier: string | null;
  threshold: number;
  hidden: boolean;
  apart: boolean;
  rejected: boolean;
}

interface OfTask {
  selected: string[];
  muted: number[];
  solo: number[];
}

/** With more selected than this it is not kept. */
const MOST_SELECTED = 500;

export class WorkMemory {
  private written: Record<string, string> = {};

  constructor(private readonly parts: WorkParts) {}

  /** Bring back what belongs to the project, and the speed; before anything is shown. */
  restore(): void {
    const { store, stage, labels, tiers, contents } = this.parts;
    const kept = keptInTab<Partial<OfProject>>(this.ofProject);
    if (kept?.label && store.allLabels.some((one) => one.id === kept.label && !one.deprecated)) labels.active = kept.label;
    if (kept?.tier) tiers().restore(kept.tier);
    if (typeof kept?.threshold === "number") store.threshold = kept.threshold;
    if (kept?.hidden) store.hidesSuggestions = true;
    if (kept?.rejected) store.showsRejected = true;
    contents.modelsApart = kept?.apart === true;
    const { rate } = keptSound(this.parts.user);
    if (rate !== undefined && rate !== 1 && RATES.includes(rate)) stage.playback.setRate(rate);
  }

  /** Bring back how it sounds; when it is known how many channels there are. */
  restoreSound(channels: number): void {
    const { sound } = this.parts.stage.playback;
    const { gain = 0, balance = 0 } = keptSound(this.parts.user);
    const kept = keptInTab<Partial<OfTask>>(this.ofTask);
    const within = (list: number[] | undefined): Set<number> => new Set((list ?? []).filter((one) => one < channels));
    if (gain || balance || kept?.muted?.length || kept?.solo?.length) sound.set({ ...sound.present, gain, balance, muted: within(kept?.muted), solo: within(kept?.solo) });
  }

  /** Select again what was selected in this task; true when something is. */
  restoreSelection(): boolean {
    const { store } = this.parts;
    const there = (keptInTab<Partial<OfTask>>(this.ofTask)?.selected ?? []).filter((id) => store.region(id) ?? (store.hidesSuggestions ? null : (store.suggestion(id) ?? store.rejected(id))));
    if (there.length) store.selection.all(there);
    return there.length > 0;
  }

  /** Keep how it is now. */
  keep(): void {
    const { store, stage, labels, tiers, contents } = this.parts;
    const { gain, balance, muted, solo } = stage.playback.sound.present;
    const { rate } = stage.playback;
    const ofProject: OfProject = { label: labels.active, tier: tiers().active, threshold: store.setThreshold, hidden: store.hidesSuggestions, apart: contents.modelsApart, rejected: store.showsRejected };
    const selected = store.selection.size > MOST_SELECTED ? [] : [...store.selection.ids.filter((id) => id !== store.selected), ...(store.selected === null ? [] : [store.selected])];
    this.changed(this.ofProject, ofProject, keepInTab);
    this.changed(this.ofTask, { selected, muted: [...muted], solo: [...solo] } satisfies OfTask, keepInTab);
    this.changed("sound", { rate, gain, balance } satisfies OwnSound, () => keepSound(this.parts.user, stage.playback));
  }

  private changed(key: string, value: unknown, write: (key: string, value: unknown) => void): void {
    const text = JSON.stringify(value);
    if (this.written[key] === text) return;
    this.written[key] = text;
    write(key, value);
  }

  private get ofProject(): string {
    return `labelbuddy:work:${this.parts.project}`;
  }

  private get ofTask(): string {
    return `labelbuddy:worktask:${this.parts.task}`;
  }
}
