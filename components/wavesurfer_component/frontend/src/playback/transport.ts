/** The bar of buttons for playing and zooming, with the clock; shared by editor and review. */
import { el, icon, kbd } from "../dom";
import { RATES } from "./playback";
import { otherContrast } from "../engine/spectrogram_look";
import type { Stage } from "../engine/stage";
import { clock } from "../engine/time";
import { decimal, t } from "../i18n";

export interface Transport {
  root: HTMLElement;
  refresh(): void;
}

export function transport(stage: Stage, act: (action: string) => void, extra: HTMLElement[]): Transport {
  const playIcon = el("span", { class: "inline" }, icon("play"));
  const playText = el("span", {}, t("Play"));
  const play = el("button", { type: "button", class: "play", title: t("Play or pause (Space)"), onclick: () => act("play") }, playIcon, playText);
  const loop = button(t("Loop the selected region (L)"), () => act("loop"), icon("loop"));
  const now = el("span", { class: "clock", role: "timer" }, clock(0));
  const rate = el("select", { "aria-label": t("Speed"), title: t("Speed; the pitch stays"), class: "speed" });
  for (const one of RATES) rate.append(el("option", { value: one }, `${decimal(one)}×`));
  rate.addEventListener("change", () => stage.playback.setRate(Number(rate.value)));
  const zoomIn = button(t("Zoom in (Ctrl + ↑)"), () => act("zoom-in"), "+");
  const zoomOut = button(t("Zoom out (Ctrl + ↓)"), () => act("zoom-out"), "−");
  const fit = button(t("Fit: show everything (Shift + F)"), () => act("fit"), t("Fit"));
  const spectrogram = button(t("Show or hide the spectrogram (Shift + Y)"), () => act("spectrogram"), icon("spectrogram"));
  const help = button(t("Show the keys (?)"), () => act("help"), kbd("?"));
  const problem = el("span", { class: "bad", role: "alert" });
  const root = el(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": t("Playing and zooming") },
    play,
    loop,
    now,
    el("span", { class: "muted of-duration" }, `/ ${clock(stage.view.last)}`),
    rate,
    zoomOut,
    zoomIn,
    fit,
    spectrogram,
    problem,
    ...extra,
    help,
  );
  let wasPlaying: boolean | null = null;
  const refresh = (): void => {
    now.textContent = clock(stage.playback.time);
    problem.textContent = stage.playback.problem ?? "";
    if (rate.value !== String(stage.playback.rate)) rate.value = String(stage.playback.rate);
    if (wasPlaying === stage.playback.playing) return;
    wasPlaying = stage.playback.playing;
    playIcon.replaceChildren(icon(wasPlaying ? "pause" : "play"));
    playText.textContent = wasPlaying ? t("Pause") : t("Play");
  };
  refresh();
  return { root, refresh };
}

export function button(title: string, click: () => void, ...children: (Node | string)[]): HTMLButtonElement {
  return el("button", { type: "button", title, "aria-label": title, onclick: click }, ...children);
}

/** What playing and zooming actions do; true when the action was one of them. */
export function playAction(stage: Stage, action: string, span: () => { start: number; end: number } | null): boolean {
  const { playback, view } = stage;
  const step = (seconds: number): void => {
    playback.seek(stage.clamp(playback.time + seconds));
    view.reveal(playback.time);
  };
  const region = span();
  switch (action) {
    case "play":
      playback.toggle(view.first, view.last);
      break;
    case "play-region":
      if (region) playback.playExactly(region.start, () => region.end);
      break;
    case "play-view":
      playback.play(Math.max(view.first, view.start), () => Math.min(view.last, view.stop));
      break;
    case "loop":
      if (playback.playing && playback.loop) playback.pause();
      else playback.repeat(span);
      break;
    case "replay":
      playback.play(stage.clamp(playback.time - 2), () => view.last);
      break;
    case "slower":
      playback.changeRate(-1);
      break;
    case "faster":
      playback.changeRate(1);
      break;
    case "normal-speed":
      playback.changeRate(0);
      break;
    case "back":
      step(-0.1);
      break;
    case "forward":
      step(0.1);
      break;
    case "back-frame":
      step(-0.01);
      break;
    case "forward-frame":
      step(0.01);
      break;
    case "back-second":
      step(-1);
      break;
    case "forward-second":
      step(1);
      break;
    case "to-start":
      playback.seek(view.first);
      view.reveal(view.first);
      break;
    case "to-end":
      playback.seek(view.last);
      view.reveal(view.last);
      break;
    case "page-forward":
      view.scrollBy(view.stop - view.start);
      break;
    case "page-back":
      view.scrollBy(view.start - view.stop);
      break;
    case "zoom-region":
      if (region) view.show(region.start, region.end);
      break;
    case "fit":
      view.fit();
      break;
    case "spectrogram":
      stage.setLook({ shown: !stage.look.shown });
      break;
    case "contrast":
      stage.setLook(otherContrast(stage.look));
      break;
    case "zoom-in":
      view.zoom(1.6, view.width / 2);
      break;
    case "zoom-out":
      view.zoom(1 / 1.6, view.width / 2);
      break;
    default:
      return false;
  }
  stage.mark();
  return true;
}
