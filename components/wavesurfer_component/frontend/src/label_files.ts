/** Send files of labels of other tools: all that are dropped together are one import, which is checked at once. */
import { askingAs } from "./api/person";
import { Problem } from "./api/problem";
import { el } from "./dom";
import { t } from "./i18n";
import type { Scope } from "./scope";

export interface LabelFilesData {
  mode: "labels";
  project: string;
  api: string;
  /** The id of whose page this is. */
  person: string;
}

const SUFFIXES = "json jsonl jams textgrid eaf txt tsv csv lab beats vtt srt rttm zip tar tgz gz bz2 tbz2 xz txz parquet".split(" ").map((suffix) => `.${suffix}`);

export function mountLabelFiles(host: HTMLElement, data: LabelFilesData, scope: Scope, sent: (count: number) => void): void {
  const input = el("input", { type: "file", multiple: true, accept: SUFFIXES.join(","), "aria-label": t("Choose files of labels") });
  const drop = el(
    "label",
    { class: "label-drop" },
    el("b", {}, t("Drop files of labels, or an archive of them, here, or choose them")),
    el("span", { class: "muted" }, t("CSV and TSV of any columns, Label Studio, JAMS, Praat, ELAN, Audacity, Raven, DCASE, RTTM, CVAT, WebVTT, SubRip, NeMo, AOEF, intervals and beats, Parquet, AudioFolder, LabelBuddy · all at once are one import · nothing changes before you have seen what would happen")),
    input,
  );
  const says = el("p", { class: "muted", role: "status" });
  host.replaceChildren(el("div", { class: "label-files" }, drop, says));
  let busy = false;

  const send = async (files: readonly File[]): Promise<void> => {
    if (busy || !files.length) return;
    busy = true;
    try {
      const begun = await ask(`${data.api}/projects/${data.project}/annotation-imports`, "POST", data.person);
      const base = `${data.api}/annotation-imports/${String(begun["id"])}`;
      const names = namesOf(files.map((file) => file.webkitRelativePath || file.name));
      for (const [number, file] of files.entries()) {
        says.textContent = t("Sending {name}, {number} of {count}", { name: file.name, number: number + 1, count: files.length });
        await ask(`${base}/files?${new URLSearchParams({ name: names[number] ?? file.name })}`, "PUT", data.person, file);
      }
      await ask(`${base}/check`, "POST", data.person, "{}");
      says.textContent = "";
      if (!scope.ended) sent(files.length);
    } catch (error) {
      says.textContent = error instanceof Problem ? error.message : t("The connection was lost.");
    } finally {
      busy = false;
    }
  };
  scope.on(input, "change", () => {
    void send([...(input.files ?? [])]);
    input.value = "";
  });
  for (const name of ["dragover", "dragleave", "drop"] as const) {
    scope.on(drop, name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") void send([...(event.dataTransfer?.files ?? [])]);
    });
  }
}

/** What dropped files are called in the import: further ones of one name lie in folders that no recording is in, so that all are kept. */
export function namesOf(files: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return files.map((name) => {
    const again = (seen.get(name) ?? 0) + 1;
    seen.set(name, again);
    return again > 1 ? `(${again})/${name}` : name;
  });
}

async function ask(address: string, method: string, person: string, body?: Blob | string): Promise<Record<string, unknown>> {
  const headers = { ...(typeof body === "string" ? { "Content-Type": "application/json" } : {}), ...askingAs(person) };
  const response = await fetch(address, { method, headers, ...(body === undefined ? {} : { body }) });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Problem(response.status, "", String(answer["detail"] ?? response.statusText), answer);
  return answer;
}
