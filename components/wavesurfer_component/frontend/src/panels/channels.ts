/** Beside the waveform: which channels are heard. */
import { el } from "../dom";
import { t } from "../i18n";
import type { Sound } from "../playback/sound";

/** Buttons to mute a channel and to hear it alone; none for a single channel. */
export function channelButtons(channels: number, sound: Sound): HTMLElement[] {
  if (channels < 2) return [];
  const buttons: (() => void)[] = [];
  const toggle = (kind: "muted" | "solo", channel: number): void => {
    const set = new Set(sound.present[kind]);
    if (!set.delete(channel)) set.add(channel);
    sound.set({ ...sound.present, [kind]: set });
    for (const refresh of buttons) refresh();
  };
  const one = (kind: "muted" | "solo", channel: number, name: string): HTMLElement => {
    const title = kind === "muted" ? t("Mute {channel}", { channel: name }) : t("Hear only {channel}", { channel: name });
    const button = el("button", { type: "button", title, "aria-label": title, "aria-pressed": false, onclick: () => toggle(kind, channel) }, kind === "muted" ? "M" : "S");
    buttons.push(() => button.setAttribute("aria-pressed", String(sound.present[kind].has(channel))));
    return button;
  };
  const all = Array.from({ length: channels }, (_, channel) => {
    const name = channels === 2 ? [t("channel|Left"), t("channel|Right")][channel]! : t("Channel {number}", { number: channel + 1 });
    return el("div", { class: "channel-buttons" }, el("span", {}, channels === 2 ? name : String(channel + 1)), one("muted", channel, name), one("solo", channel, name));
  });
  for (const refresh of buttons) refresh(); // what was set before a reload
  return all;
}
