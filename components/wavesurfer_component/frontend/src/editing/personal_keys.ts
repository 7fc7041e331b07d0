/** What the person who works here set: keys, whether scores are seen, and whether recordings are played as loud as each other. */
import type { Label, Preferences } from "../api/answers";
import type { Api } from "../api/api";
import { tellKeys } from "../panels/key_hints";
import type { KeyOverlayPorts } from "../panels/overlay";
import { KeyMap } from "./key_map";
import { shownKeys } from "./key_names";

/** Actions that only LabelBuddy's server makes possible. */
const SERVED: ReadonlySet<string> = new Set(["submit", "next-task", "previous-task", "skip-task", "flag", "predict", "predict-selection", "similar", "leveling"]);

export class PersonalKeys {
  map: KeyMap;
  /** Another number whenever the keys are others. */
  number = 0;

  constructor(
    private readonly api: Api,
    private present: Preferences,
    private readonly review: boolean,
    private readonly labels: readonly Label[],
    private readonly changed: () => void,
  ) {
    this.map = new KeyMap(present.keys, this.absent);
    tellKeys(this.map, review);
  }

  /** Seconds from hearing to pressing. */
  get reaction(): number {
    return this.present.reaction;
  }

  get hidesScores(): boolean {
    return this.present.scores === "hidden";
  }

  get preferences(): Preferences {
    return this.present;
  }

  /** Set something else for this person everywhere. */
  set(changes: Partial<Preferences>): Promise<void> {
    return this.keep({ ...this.present, ...changes });
  }

  /** What the overlay shows and changes. */
  overlay(close: () => void): KeyOverlayPorts {
    return { review: this.review, absent: this.absent, labelOf: (keys) => this.labelOf(keys), preferences: () => this.present, keep: (preferences) => this.keep(preferences), close };
  }

  /** The keys that pick a label, as they are read; null when it has none, or its key means something else. */
  shownFor(key: string | null): string | null {
    const keys = key && this.map.labelKeys(key);
    return keys && (keys === key ? key : shownKeys(keys));
  }

  /** The label that a key which is no digit picks in this project. */
  private labelOf(keys: string): string | null {
    return this.labels.find(({ key }) => key !== null && !/^[1-9]$/.test(key) && key.toUpperCase() === keys && this.map.labelKeys(key) !== null)?.name ?? null;
  }

  /** Actions that do not exist here. */
  private get absent(): ReadonlySet<string> {
    return this.api.served ? new Set() : SERVED;
  }

  private async keep(preferences: Preferences): Promise<void> {
    this.present = preferences;
    this.map = new KeyMap(preferences.keys, this.absent);
    this.number++;
    tellKeys(this.map, this.review);
    this.changed();
    await this.api.setPreferences(preferences);
  }
}
