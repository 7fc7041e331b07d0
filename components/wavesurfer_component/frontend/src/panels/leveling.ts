/** The button of loudness leveling: says by how much the recording is leveled, or why it is not, and switches it. */
import type { Measured, Task } from "../api/answers";
import { el } from "../dom";
import type { PersonalKeys } from "../editing/personal_keys";
import type { Stage } from "../engine/stage";
import { watchSizes } from "../engine/stage_sizes";
import { decimal, t } from "../i18n";
import { gainsOf, heldBack, type Leveling, levelingFor } from "../playback/leveling";
import type { Mix } from "../playback/sound";
import type { Scope } from "../scope";
import { hinted } from "./key_hints";

export interface LevelingPorts {
  keys: Pick<PersonalKeys, "preferences" | "set">;
  /** What is known of the recording; undefined where nothing measures recordings: then there is no button. */
  measured(): Measured | null | undefined;
  /** How it sounds besides. */
  mix(): Mix;
  /** It was switched: play accordingly. */
  switched(leveling: Leveling | null): void;
  say(text: string): void;
  complain(text: string): void;
}

export interface StageParts extends Pick<LevelingPorts, "keys" | "say" | "complain"> {
  stage: Pick<Stage, "playback">;
  task: Task;
}

/** Level what is played on a stage; the button that says so. */
export function levelingOnStage({ stage, task, keys, say, complain }: StageParts): LevelingButton {
  const { sound } = stage.playback;
  const { statistics } = task.recording;
  const level = (leveling: Leveling | null): void => sound.level(leveling && ((mix) => gainsOf(mix, leveling).whole));
  level(levelingFor(keys.preferences, statistics));
  return new LevelingButton({ keys, measured: () => statistics, mix: () => sound.present, switched: level, say, complain });
}

/**
 * Put the button before the room that a bar has left: nothing moves. Where there is little, it only says by how much; where there is
 * none, the one in the panel stands for it.
 */
export function whereItFits(bar: HTMLElement, button: HTMLElement, panel: HTMLElement, scope: Scope): void {
  if (button.hidden) return;
  bar.querySelector(".spring")!.before(button);
  watchSizes(
    bar,
    () => {
      const [first, last] = [bar.firstElementChild, bar.lastElementChild] as HTMLElement[];
      const inOneRow = (): boolean => last!.offsetTop < first!.offsetTop + first!.offsetHeight / 2;
      button.hidden = false;
      button.classList.remove("short");
      if (!inOneRow()) button.classList.add("short");
      panel.hidden = inOneRow();
      button.hidden = !panel.hidden;
    },
    scope,
  );
}

export class LevelingButton {
  readonly root: HTMLButtonElement;
  private shown = "";

  constructor(private readonly ports: LevelingPorts) {
    this.root = el("button", { type: "button", class: "leveling number", hidden: ports.measured() === undefined, onclick: () => this.toggle() });
    this.refresh();
  }

  /** Balance and loudness are set there: they may leave less room, or more. */
  follows(panel: HTMLElement): void {
    for (const kind of ["input", "click"]) panel.addEventListener(kind, () => this.refresh());
  }

  /** Level recordings from now on, or play them as they are. */
  toggle(): void {
    const { keys, measured, switched, say, complain } = this.ports;
    if (measured() === undefined) return;
    const kept = keys.set({ leveling: this.levels ? "off" : "on" });
    switched(this.leveling);
    this.refresh();
    say(`${this.text}. ${this.about}`);
    kept.catch((error: unknown) => complain(String(error)));
  }

  refresh(): void {
    const now = `${this.text}\n${this.about}`;
    if (now === this.shown) return;
    this.shown = now;
    const { text } = this;
    const gain = text.search(GAIN), words = gain < 0 ? text.length : gain;
    this.root.replaceChildren(el("span", {}, text.slice(0, words)), text.slice(words)); // the words go where a bar has little room
    this.root.classList.toggle("wordless", gain < 0);
    this.root.setAttribute("aria-pressed", String(this.levels));
    this.root.classList.toggle("chosen", this.levels && this.isMeasured);
    hinted(this.root, this.about, "leveling");
  }

  private get levels(): boolean {
    return this.ports.keys.preferences.leveling === "on";
  }

  private get leveling(): Leveling | null {
    return levelingFor(this.ports.keys.preferences, this.ports.measured());
  }

  private get isMeasured(): boolean {
    return this.ports.measured()?.loudness != null;
  }

  /** What the button says. */
  private get text(): string {
    if (!this.levels) return t("Not leveled");
    if (!this.isMeasured) return this.ports.measured() ? t("Cannot be leveled") : t("Not measured");
    return t("Leveled {gain} dB", { gain: signed(this.leveled) });
  }

  /** What its tooltip says. */
  private get about(): string {
    const measured = this.ports.measured();
    if (!this.levels) return t("Recordings are played as they are. Level them: play all equally loud");
    if (!measured) return t("How loud this recording is is not measured yet: it is played as it is. Open the task again later");
    if (!this.isMeasured) return measured.problem ? t("How loud this recording is could not be measured: it is played as it is") : t("This recording is too quiet or too short to be measured: it is played as it is");
    const loudness = decimal(this.ports.keys.preferences.loudness).replace("-", "−");
    const missing = this.leveling!.gain - this.leveled;
    const played =
      missing < 0.05
        ? t("Played at {loudness} LUFS, as loud as all recordings", { loudness })
        : t("Played {missing} dB below {loudness} LUFS, for its peaks would pass full scale", { missing: decimal(missing, 1), loudness });
    const mix = this.ports.mix();
    const held = heldBack(mix, this.leveling);
    return held < 0.05 ? played : `${played}. ${t("Of your own {gain} dB, {held} dB are left out: its peaks would pass full scale", { gain: signed(mix.gain), held: decimal(held, 1) })}`;
  }

  private get leveled(): number {
    return gainsOf(this.ports.mix(), this.leveling).leveled;
  }
}

/** What it is leveled by, at the end of the text. */
const GAIN = /[+−]?\d\S* dB$/;
function signed(decibels: number): string {
  const rounded = Math.round(10 * decibels) / 10;
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : ""}${decimal(Math.abs(rounded), 1)}`;
}
