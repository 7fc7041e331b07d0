/** The bar of buttons for playing and zooming, with the clock; shared by editor and review. */
import { el, icon } from "../dom";
import { RATES } from "./playback";
import { capOf, hinted } from "../panels/key_hints";
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
  const play = hinted(el("button", { type: "button", class: "play", onclick: () => act("play") }, playIcon, playText), t("Play or pause"), "play");
  const loop = actionButton(t("Loop the selected region"), "loop", act, icon("loop"));
  const now = el("span", { class: "clock", role: "timer" }, clock(0));
  const rate = el("select", { "aria-label": t("Speed"), title: t("Speed; the pitch stays"), class: "speed" });
  for (const one of RATES) rate.append(el("option", { value: one }, `${decimal(one)}×`));
  rate.addEventListener("change", () => stage.playback.setRate(Number(rate.value)));
  const zoomIn = actionButton(t("Zoom in"), "zoom-in", act, "+");
  const zoomOut = actionButton(t("Zoom out"), "zoom-out", act, "−");
  const fit = actionButton(t("Fit: show everything"), "fit", act, t("Fit"));
  const spectrogram = actionButton(t("Show or hide the spectrogram"), "spectrogram", act, icon("spectrogram"));
  const help = actionButton(t("Show the keys"), "help", act, capOf("help"));
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

/** A button for an action: named by what it says, with the keys in its tooltip. */
export function actionButton(says: string, action: string, act: (action: string) => void, ...children: (Node | string)[]): HTMLButtonElement {
  return hinted(el("button", { type: "button", "aria-label": says, onclick: () => act(action) }, ...children), says, action);
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
      step(-stage.fineStep);
      break;
    case "forward-frame":
      step(stage.fineStep);
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
