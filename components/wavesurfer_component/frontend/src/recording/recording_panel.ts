/** Record from the microphone: see how loud it is, pause, listen to it, name it, and hand it over as a file. wavesurfer.js draws and plays. */
import WaveSurfer from "wavesurfer.js";
import RecordPlugin from "wavesurfer.js/plugins/record";
import { el } from "../dom";
import { clock } from "../engine/time";
import { t } from "../i18n";
import { chosenForm, fileName, type Form, levelMeter, UNTOUCHED, whyNot } from "./microphone";

export interface RecordingPanel {
  root: HTMLElement;
  /** Whether something is recorded that was not handed over. */
  readonly holds: boolean;
  /** Let microphone and memory go. */
  close(): void;
}

type State = "idle" | "recording" | "paused" | "made";

const HEIGHT = 72;
const BITS_PER_SECOND = 256_000;

/** `handOver` takes a finished recording. */
export function recordingPanel(handOver: (file: File) => void): RecordingPanel {
  const form: Form = chosenForm((type) => window.MediaRecorder?.isTypeSupported(type) ?? false);
  let state: State = "idle";
  let made: Blob | null = null;
  let meter: ReturnType<typeof levelMeter> | null = null;
  let frame = 0;

  const wave = el("div", { class: "recorded-wave", "aria-hidden": true });
  const level = el("meter", { min: 0, max: 1, high: 0.95, "aria-label": t("Level") });
  const tooLoud = el("b", { class: "bad small", hidden: true }, t("Too loud"));
  const time = el("span", { class: "clock", role: "timer" }, clock(0));
  const problem = el("p", { class: "bad small", role: "alert", hidden: true });
  const record = el("button", { type: "button", class: "primary", onclick: () => void start() }, t("Record"));
  const pause = el("button", { type: "button", onclick: () => pauseOrGoOn() }, t("Pause"));
  const stop = el("button", { type: "button", class: "primary", onclick: () => plugin.stopRecording() }, t("Stop"));
  const play = el("button", { type: "button", onclick: () => void waveform.playPause() }, t("Listen"));
  const name = el("input", { "aria-label": t("Name of the recording"), maxlength: 120 });
  const send = el("button", { type: "button", class: "primary", onclick: () => use() }, t("Add to the project"));
  const discard = el("button", { type: "button", onclick: () => begin() }, t("Discard"));
  const root = el(
    "section",
    { class: "recorder", "aria-label": t("Recording from the microphone") },
    el("div", { class: "recorder-line" }, time, level, tooLoud),
    wave,
    problem,
    el("div", { class: "recorder-line" }, record, pause, stop, play, name, send, discard),
  );

  const color = getComputedStyle(document.documentElement).getPropertyValue("--st-primary-color") || "#0f766e";
  const waveform = WaveSurfer.create({ container: wave, height: HEIGHT, waveColor: color, progressColor: color, cursorColor: color });
  const plugin = waveform.registerPlugin(
    RecordPlugin.create({ ...(form.type ? { mimeType: form.type } : {}), audioBitsPerSecond: BITS_PER_SECOND, renderRecordedAudio: false, scrollingWaveform: true }),
  );
  plugin.on("record-progress", (milliseconds) => (time.textContent = clock(milliseconds / 1000)));
  plugin.on("record-ended-externally", () => complain(t("The microphone has gone. What was recorded until then is here.")));
  plugin.on("record-end", (blob) => void finished(blob));
  waveform.on("play", () => (play.textContent = t("Pause")));
  waveform.on("pause", () => (play.textContent = t("Listen")));
  waveform.on("timeupdate", (seconds) => {
    if (state === "made") time.textContent = clock(seconds);
  });

  const show = (next: State): void => {
    state = next;
    record.hidden = state !== "idle";
    pause.hidden = stop.hidden = level.hidden = state !== "recording" && state !== "paused";
    play.hidden = name.hidden = send.hidden = discard.hidden = state !== "made";
    pause.textContent = state === "paused" ? t("Go on") : t("Pause");
    if (level.hidden) tooLoud.hidden = true;
  };
  const complain = (text: string): void => {
    problem.textContent = text;
    problem.hidden = !text;
  };
  const start = async (): Promise<void> => {
    complain("");
    if (!navigator.mediaDevices || !window.MediaRecorder) return complain(t("This browser records only on pages that it trusts: open LabelBuddy over https."));
    record.disabled = true;
    let asked: MediaStream | null = null;
    try {
      asked = await navigator.mediaDevices.getUserMedia({ audio: UNTOUCHED }); // the plugin would not say why it cannot
      meter = levelMeter(await plugin.startMic(UNTOUCHED));
      await plugin.startRecording(UNTOUCHED);
      show("recording");
      measure();
      stop.focus();
    } catch (error) {
      release();
      complain(whyNot(error));
    } finally {
      for (const track of asked?.getTracks() ?? []) track.stop();
      record.disabled = false;
    }
  };
  const pauseOrGoOn = (): void => {
    if (state === "paused") plugin.resumeRecording();
    else plugin.pauseRecording();
    show(state === "paused" ? "recording" : "paused");
  };
  const measure = (): void => {
    if (!meter) return;
    const { share, tooLoud: clipped } = meter.read();
    level.value = share;
    if (clipped && state === "recording") tooLoud.hidden = false; // it stays: the recording has it
    frame = requestAnimationFrame(measure);
  };
  const release = (): void => {
    cancelAnimationFrame(frame);
    meter?.close();
    meter = null;
    plugin.stopMic();
  };
  const finished = async (blob: Blob): Promise<void> => {
    release();
    made = blob;
    name.value = t("Recording {when}", { when: stamp(new Date()) });
    show("made");
    await waveform.loadBlob(blob).catch((error: unknown) => complain(whyNot(error)));
    name.focus();
    name.select();
  };
  const begin = (): void => {
    waveform.empty();
    made = null;
    time.textContent = clock(0);
    complain("");
    show("idle");
    record.focus();
  };
  const use = (): void => {
    if (!made) return;
    handOver(new File([made], fileName(name.value, form.suffix), { type: made.type }));
    begin();
  };
  name.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) use();
  });
  show("idle");
  return {
    root,
    get holds() {
      return state !== "idle";
    },
    close: () => {
      release();
      waveform.destroy();
    },
  };
}

/** Date and time, as names of files sort them. */
function stamp(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19).replaceAll(":", "-")}`;
}
