/** The sound of a review: its panel, leveling, and speed, loudness and balance as the reviewer had them last on this machine. */
import { type LevelingButton, levelingOnStage, type StageParts } from "../panels/leveling";
import { type SoundPanel, soundPanel } from "../panels/sound";
import { keepSound, keptSound } from "../playback/own_sound";
import { RATES } from "../playback/playback";
import type { Scope } from "../scope";

export class ReviewSound {
  readonly panel: SoundPanel;
  readonly leveling: LevelingButton;

  constructor(
    private readonly parts: StageParts,
    private readonly me: string,
    scope: Scope,
  ) {
    const { playback } = parts.stage;
    this.leveling = levelingOnStage(parts);
    this.panel = soundPanel(playback.sound, null);
    this.leveling.follows(this.panel.root);
    const keep = (): void => {
      if (playback.samples) keepSound(me, playback); // before that, what was kept is not there yet
    };
    scope.every(1000, keep);
    scope.onWindow("pagehide", keep);
    scope.add(keep);
  }

  /** Bring back what was kept; when it is known how many channels there are. */
  restore(): void {
    const { playback } = this.parts.stage;
    const { rate = 1, gain = 0, balance = 0 } = keptSound(this.me);
    if (RATES.includes(rate)) playback.setRate(rate);
    if (gain || balance) playback.sound.set({ ...playback.sound.present, gain, balance });
    this.panel.refresh();
    this.leveling.refresh();
  }
}
