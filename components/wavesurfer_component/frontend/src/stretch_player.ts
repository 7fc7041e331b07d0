/**
 * A small player of one stretch of a recording: the browser's own, as loud as the editor would play it. What is switched on one
 * holds for all that the page shows.
 */
import { type Measured, type Preferences, USUAL_PREFERENCES } from "./api/answers";
import { HttpApi } from "./api/http_api";
import { el } from "./dom";
import { readTheme } from "./engine/theme";
import { LevelingButton } from "./panels/leveling";
import { gainsOf, levelingFor } from "./playback/leveling";
import { keptSound } from "./playback/own_sound";
import { type Mix, PLAIN_MIX } from "./playback/sound";
import type { Scope } from "./scope";

export interface StretchData {
  mode: "stretch";
  api: string;
  /** The id of whose page this is. */
  person: string;
  task: string;
  /** Seconds. */
  start: number;
  stop: number;
  /** What it plays, in words. */
  says: string;
  measured: Measured | null;
  /** What the person who listens set, and who that is. */
  preferences: Pick<Preferences, "leveling" | "loudness">;
  me: string;
}

/** Browsers stop a little early (s). */
const LONGER = 0.05;

const shown = new Set<StretchPlayer>();
/** One for all players; it is made when the first of them is played, for browsers want a gesture before. */
let sound: AudioContext | null = null;

export function mountStretchPlayer(host: HTMLElement, data: StretchData, scope: Scope): void {
  const player = new StretchPlayer(host, data, scope);
  shown.add(player);
  scope.add(() => {
    shown.delete(player);
    player.leave();
  });
}

class StretchPlayer {
  private readonly audio: HTMLAudioElement;
  private readonly told = el("span", { class: "small", role: "status" });
  private readonly button: LevelingButton;
  private readonly mix: Mix;
  private gain: GainNode | null = null;
  private preferences: Preferences;

  constructor(
    host: HTMLElement,
    private readonly data: StretchData,
    scope: Scope,
  ) {
    const { api, task, start, stop, says, measured, me } = data;
    this.preferences = { ...USUAL_PREFERENCES, ...data.preferences };
    this.mix = { ...PLAIN_MIX, gain: keptSound(me).gain ?? 0 };
    const src = `${api}/tasks/${task}/audio#t=${start.toFixed(3)},${(stop + LONGER).toFixed(3)}`;
    this.audio = el("audio", { controls: true, preload: "none", "aria-label": says, src, onplay: () => this.begin() });
    const present = (): Preferences => this.preferences;
    this.button = new LevelingButton({
      keys: {
        get preferences() {
          return present();
        },
        set: (changes) => this.keep(changes),
      },
      measured: () => measured,
      mix: () => this.mix,
      switched: () => undefined, // `keep` does it, here and in the other players
      say: (text) => this.told.replaceChildren(el("span", { class: "screen-reader" }, text)),
      complain: (text) => this.told.replaceChildren(el("span", { class: "bad" }, text)),
    });
    const recolor = (): void => void (host.dataset["dark"] = String(readTheme(host).dark));
    scope.onRedraw(recolor);
    recolor();
    host.replaceChildren(el("div", { class: "stretch-player" }, this.audio, this.button.root, this.told));
  }

  /** Play at this person's loudness from now on. */
  follow(changes: Partial<Preferences>): void {
    this.preferences = { ...this.preferences, ...changes };
    this.turn();
    this.button.refresh();
  }

  leave(): void {
    this.audio.pause();
    this.gain?.disconnect();
  }

  private begin(): void {
    for (const other of shown) if (other !== this) other.audio.pause();
    sound ??= new AudioContext();
    void sound.resume();
    if (!this.gain) {
      this.gain = sound.createGain();
      sound.createMediaElementSource(this.audio).connect(this.gain).connect(sound.destination);
    }
    this.turn();
  }

  private turn(): void {
    if (this.gain) this.gain.gain.value = 10 ** (gainsOf(this.mix, levelingFor(this.preferences, this.data.measured)).whole / 20);
  }

  /** Keep a change with what this person set besides. */
  private async keep(changes: Partial<Preferences>): Promise<void> {
    for (const player of shown) player.follow(changes);
    const api = new HttpApi(this.data.api, this.data.person);
    await api.setPreferences({ ...(await api.preferences()), ...changes });
  }
}
