/** What the person who works here set: keys, with the overlay that shows and changes them, and whether scores are seen. */
import type { Api, Preferences } from "../api";
import type { Modal } from "../keyboard";
import { keyOverlay } from "../panels/overlay";
import { KeyMap } from "./key_map";

/** Actions that only LabelBuddy's server makes possible. */
const SERVED: ReadonlySet<string> = new Set(["submit", "next-task", "previous-task", "skip-task", "flag", "predict", "predict-selection"]);

export class PersonalKeys {
  map: KeyMap;
  /** Another number whenever the keys are others. */
  number = 0;

  constructor(
    private readonly api: Api,
    private present: Preferences,
    private readonly review: boolean,
    private readonly changed: () => void,
  ) {
    this.map = new KeyMap(present.keys, this.absent);
  }

  /** Seconds from hearing to pressing. */
  get reaction(): number {
    return this.present.reaction;
  }

  get hidesScores(): boolean {
    return this.present.scores === "hidden";
  }

  /** Hide or show scores, for this person everywhere. */
  setScores(scores: Preferences["scores"]): Promise<void> {
    return this.keep({ ...this.present, scores });
  }

  overlay(close: () => void): Modal {
    return keyOverlay({ review: this.review, absent: this.absent, preferences: () => this.present, keep: (preferences) => this.keep(preferences), close });
  }

  /** Actions that do not exist here. */
  private get absent(): ReadonlySet<string> {
    return this.api.served ? new Set() : SERVED;
  }

  private async keep(preferences: Preferences): Promise<void> {
    this.present = preferences;
    this.map = new KeyMap(preferences.keys, this.absent);
    this.number++;
    this.changed();
    await this.api.setPreferences(preferences);
  }
}
