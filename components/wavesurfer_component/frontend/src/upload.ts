/** Upload many files at once: raw, in parts, each resumed from what the server has when the connection breaks. */
import { askingAs } from "./api/person";
import { inOwnWords, kindOf, Problem } from "./api/problem";
import { el } from "./dom";
import type { KeyValueStore } from "./editing/journals";
import { browserStore, newUuid } from "./editing/storage";
import { percent, t } from "./i18n";
import type { RecordingPanel } from "./recording/recording_panel";
import type { Scope } from "./scope";

export interface UploadData {
  mode: "upload";
  project: string;
  api: string;
  /** The id of whose page this is. */
  person: string;
}

interface Item {
  file: File;
  id: string;
  sent: number;
  state: "waiting" | "sending" | "done" | "duplicate" | "imported" | "failed";
  problem: string;
  row: HTMLElement;
  bar: HTMLProgressElement;
  says: HTMLElement;
  retry: HTMLElement;
}

const SUFFIXES = [
  "wav wave rf64 bwf flac mp3 ogg oga opus m4a mp4 mov aac aif aiff aifc webm mka mkv w64 au caf 3gp",
  "zip tar tgz gz bz2 tbz2 xz txz csv tsv",
].join(" ").split(" ").map((suffix) => `.${suffix}`);
const ACCEPTED = ["audio/*", ...SUFFIXES].join(",");
const PART = 8 * 1024 * 1024;
const AT_ONCE = 3;
const RETRIES = 6;

export function mountUpload(host: HTMLElement, data: UploadData, scope: Scope, uploaded: (count: number) => void): void {
  const input = el("input", { type: "file", multiple: true, accept: ACCEPTED, "aria-label": t("Choose audio files, archives or lists") });
  const list = el("div", { class: "upload-list", "aria-live": "polite" });
  const drop = el(
    "label",
    { class: "upload-drop" },
    el("b", {}, t("Drop audio files, folders or archives here, or choose them")),
    el("span", { class: "muted" }, t("WAV, FLAC, MP3, Ogg, Opus, M4A, AAC, AIFF, WebM · ZIP, TAR · lists as CSV · many at once · interrupted uploads continue")),
    input,
  );
  const summary = el("p", { class: "muted", role: "status" });
  const recorder = el("div", { class: "upload-recorder" }, el("button", { type: "button", onclick: () => void openRecorder() }, t("Record from the microphone…")));
  host.replaceChildren(el("div", { class: "upload" }, drop, recorder, summary, list));
  const items: Item[] = [];
  const store = browserStore();
  let running = 0;
  let reported = 0;

  const add = (files: Iterable<File>): void => {
    for (const file of files) {
      const id = uploadId(store, file);
      if (items.some((item) => item.id === id && !hasArrived(item) && item.state !== "failed")) continue; // dropped twice
      const bar = el("progress", { max: 1, value: 0, "aria-label": file.name });
      const says = el("span", { class: "muted number" }, t("waiting"));
      const again = (): void => {
        item.state = "waiting";
        show(item);
        pump();
      };
      const retry = el("button", { type: "button", hidden: true, onclick: again }, t("Retry"));
      const row = el("div", { class: "upload-row" }, el("span", { class: "name", title: file.name }, file.name), bar, says, retry);
      const item: Item = { file, id, sent: 0, state: "waiting", problem: "", row, bar, says, retry };
      list.append(row);
      items.push(item);
    }
    pump();
  };
  const pump = (): void => {
    for (const item of items) {
      if (running >= AT_ONCE) break;
      if (item.state !== "waiting") continue;
      running++;
      item.state = "sending";
      void send(data, item).finally(() => {
        running--;
        if (hasArrived(item)) store.removeItem(keptAs(item.file));
        show(item);
        pump();
      });
    }
    const done = items.filter(hasArrived).length;
    const failed = items.filter((item) => item.state === "failed").length;
    summary.textContent = items.length ? uploadedSoFar(done, items.length, failed) : "";
    if (running === 0 && done > reported) {
      reported = done;
      uploaded(done);
    }
  };
  let recording: RecordingPanel | null = null;
  const openRecorder = async (): Promise<void> => {
    const { recordingPanel } = await import("./recording/recording_panel"); // most uploads need none of it
    if (scope.ended || recording) return;
    recording = recordingPanel((file) => add([file]));
    scope.add(() => recording?.close());
    recorder.replaceChildren(recording.root);
    recording.root.querySelector("button")?.focus();
  };
  scope.on(input, "change", () => {
    add(input.files ?? []);
    input.value = "";
  });
  for (const name of ["dragover", "dragleave", "drop"] as const) {
    scope.on(drop, name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") void dropped(event.dataTransfer).then(add);
    });
  }
  scope.onWindow("beforeunload", (event) => {
    if (running || recording?.holds) event.preventDefault();
  });
}

function uploadedSoFar(done: number, count: number, failed: number): string {
  return failed ? t("{done} of {count} uploaded, {failed} failed", { done, count, failed }) : t("{done} of {count} uploaded", { done, count });
}

const hasArrived = (item: Item): boolean => ["done", "duplicate", "imported"].includes(item.state);

/** The files of a drop: those of dropped folders too, as far as their names say that they are of use here. */
async function dropped(data: DataTransfer | null): Promise<File[]> {
  if (!data) return [];
  const plain = [...data.files];
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const files: File[] = [];
  for (const entry of entries) if (entry) await collect(entry, files);
  return files;
}

async function collect(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (entry.isFile) {
    if (SUFFIXES.some((suffix) => entry.name.toLowerCase().endsWith(suffix)))
      files.push(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const one of some) await collect(one, files);
  }
}

async function send(data: UploadData, item: Item): Promise<void> {
  const base = `${data.api}/projects/${data.project}/uploads/${item.id}`;
  let failures = 0;
  while (item.state === "sending") {
    const part = item.file.slice(item.sent, item.sent + PART);
    const query = new URLSearchParams({ name: item.file.name, size: String(item.file.size), offset: String(item.sent) });
    try {
      const response = await fetch(`${base}?${query}`, { method: "PUT", body: part, headers: askingAs(data.person) });
      const answer = (await response.json()) as Record<string, unknown>;
      if (response.status === 409 && typeof answer["offset"] === "number" && answer["offset"] !== item.sent) {
        item.sent = answer["offset"];
        continue;
      }
      if (!response.ok) throw new Problem(response.status, kindOf(answer), await inOwnWords(kindOf(answer), String(answer["detail"] ?? response.statusText)), answer);
      item.sent = Number(answer["offset"]);
      failures = 0;
      if (answer["complete"]) item.state = answer["import"] ? "imported" : answer["duplicate"] ? "duplicate" : "done";
    } catch (error) {
      const final = error instanceof Problem && error.status < 500 && ![401, 408, 409, 429].includes(error.status);
      if (final || ++failures > RETRIES) {
        item.state = "failed";
        item.problem = error instanceof Problem ? error.message : t("The connection was lost.");
      } else {
        item.says.textContent = error instanceof Problem ? t("{problem} Trying again", { problem: error.message }) : t("connection lost; trying again");
        await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** failures));
      }
    }
    show(item);
  }
}

function show(item: Item): void {
  const share = item.file.size ? item.sent / item.file.size : item.state === "sending" ? 0 : 1;
  item.bar.value = hasArrived(item) ? 1 : share;
  item.row.classList.toggle("failed", item.state === "failed");
  item.says.textContent = {
    waiting: t("waiting"),
    sending: percent(share),
    done: t("uploaded"),
    duplicate: t("already in this project"),
    imported: t("uploaded; its files are being added"),
    failed: item.problem,
  }[item.state];
  item.retry.hidden = item.state !== "failed";
}

const KEPT = "labelbuddy:upload:";

/** The same file has the same id after a reload, so that its upload goes on where it was. */
function uploadId(store: KeyValueStore, file: File): string {
  const kept = store.getItem(keptAs(file));
  if (kept) return kept;
  const made = newUuid();
  store.setItem(keptAs(file), made);
  return made;
}

const keptAs = (file: File): string => `${KEPT}${file.name}|${file.size}|${file.lastModified}`;
