/** More sounds like the selected region, on a page of their own: it opens in another tab, so that nothing is left here. */
import type { Project, Task } from "./api/answers";
import type { Api } from "./api/api";
import type { Region } from "./editing/document";
import { t } from "./i18n";

export interface FindingSimilarPorts {
  api: Pick<Api, "page">;
  task: Pick<Task, "id">;
  project: Pick<Project, "id">;
  edits: { readonly selected: Region | null };
  say(text: string): void;
}

/** The address of the page: the stretch is told with the region, which may not be saved yet. */
export function similarAddress({ api, task, project }: FindingSimilarPorts, region: Region): string {
  const asked = new URLSearchParams({ project: project.id, task: task.id, start: String(region.start), stop: String(region.end), region: region.id });
  return `${api.page("similar")}?${asked}`;
}

export function findSimilar(ports: FindingSimilarPorts): void {
  const region = ports.edits.selected;
  if (region) window.open(similarAddress(ports, region), "_blank", "noopener");
  else ports.say(t("Select a region first"));
}
