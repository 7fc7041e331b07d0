/** What panels may ask the editor to do, and what they share. */
import type { Job, Label, ProjectModel } from "../api/answers";
import { el } from "../dom";
import type { Region } from "../editing/document";
import type { RegionToolPorts } from "./region_tools";

export interface PanelPorts extends Omit<RegionToolPorts, "chosen"> {
  /** Whether a region cannot be changed, for its lane is locked. */
  locked(region: Region): boolean;
  /** Whether all of it is only looked at, and whether what is looked at is of people. */
  readonly: boolean;
  people: boolean;
  activeLabel(): string;
  pickLabel(id: string): void;
  /** The keys that pick a label, as they are read; null when there are none. */
  keyOf(label: Label): string | null;
  /** Another number whenever the keys are others. */
  keysNumber(): number;
  backToEditor(): void;
  accept(ids: readonly string[]): void;
  reject(ids: readonly string[]): void;
  remove(): void;
  merge(): void;
  play(): void;
  /** Whether there is a page of sounds like a region. */
  findsSimilar: boolean;
  /** The tiers that a region may lie on; null where lanes are labels. */
  tiers(): readonly string[] | null;
  changeRegion(id: string, changes: Partial<Region>, key: string): void;
  /** Change all regions that are selected, in one step. */
  changeSelected(changesOf: (region: Region) => Partial<Region>): void;
  acceptTag(prediction: string, label: string): void;
  rejectItem(prediction: string, item: string): void;
  acceptCaption(): void;
  acceptLabel(label: string): void;
  rejectLabel(label: string): void;
  /** Make rejected regions open suggestions again, or another rejected item of a prediction. */
  takeBack(ids: readonly string[]): void;
  takeBackItem(prediction: string, item: string): void;
  thresholdMoved(): void;
  /** Hide the scores of suggestions, or show them, for this person. */
  toggleScores(): void;
  /** Whether each model's suggestions have a lane of their own. */
  modelsApart(): boolean;
  setModelsApart(apart: boolean): void;
  /** Why there are no suggestions at all; null when they are shown. */
  withheld(): string | null;
  /** Whether they are shown when the first pass is declared done. */
  asksForFirstPass(): boolean;
  declareFirstPass(): void;
  predict(model: string, selection: boolean): void;
  cancelPrediction(): void;
  models: ProjectModel[];
  job(): Job | null;
  jobProblem(): string;
  /** The stretch that regions must lie in (s). */
  first: number;
  last: number;
  /** Half the sample rate (Hz): no frequency is higher. */
  highest: number;
  /** Tell why something typed was not taken. */
  complain(text: string): void;
}

export function section(title: string, ...children: (Node | string)[]): HTMLElement {
  return el("section", { class: "panel" }, el("h3", {}, title), ...children);
}

const TYPING_MS = 400;

/** Call a little after the last change; `now` does not wait for it, and does nothing when there was none. */
export function delayed(action: () => void): { later: () => void; now: () => void } {
  let timer = 0;
  const now = (): void => {
    if (!timer) return;
    window.clearTimeout(timer);
    timer = 0;
    action();
  };
  return {
    now,
    later: () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(now, TYPING_MS);
    },
  };
}

export function isFocused(element: HTMLElement): boolean {
  const root = element.getRootNode() as Document | ShadowRoot;
  return root.activeElement === element;
}
