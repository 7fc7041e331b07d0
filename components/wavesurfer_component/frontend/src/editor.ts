/** Opening the annotation editor: draw, adjust, label, accept suggestions, save, submit. */
import { type Annotation, type Preferences, type Project, type ProjectModel, type Suggested, type Task, USUAL_PREFERENCES } from "./api/answers";
import type { Api } from "./api/api";
import { HttpApi } from "./api/http_api";
import { leftEditors } from "./editing/saving";
import { speak, spoken } from "./i18n";
import { Editor } from "./opened_editor";
import type { Scope } from "./scope";

export interface EditorData {
  mode: "annotate";
  task: string;
  project: string;
  api: string;
  /** The id of whose page this is. */
  person: string;
  /** Where the address leads to (s). */
  at?: number;
}

/** What is fetched before an editor opens. */
export interface Opened {
  api: Api;
  task: Task;
  project: Project;
  annotation: Annotation;
  models: ProjectModel[];
  preferences: Preferences;
  /** Each model has lanes of its own, whatever was chosen before. */
  apart: boolean;
  /** What is shown and played first (s); otherwise where it was left. */
  at: number | undefined;
}

/** What may be done to an editor from outside. */
export interface OpenedEditor {
  /** Bring everything on screen in line with the state. */
  refresh(): void;
  /** Models suggest this now. */
  suggest(suggested: Suggested): void;
  /** Make an edit of what was typed and is not one yet. */
  commit(): void;
}

export async function mountEditor(host: HTMLElement, data: EditorData, scope: Scope, navigate: (task: string | null) => void): Promise<void> {
  await openEditor(host, new HttpApi(data.api, data.person), data, scope, navigate);
}

/** Open a task with whatever answers for it; null when it was left meanwhile. */
export async function openEditor(
  host: HTMLElement,
  api: Api,
  data: { task: string; project: string; apart?: boolean; at?: number },
  scope: Scope,
  navigate: (task: string | null) => void,
): Promise<OpenedEditor | null> {
  await leftEditors();
  const [task, project, annotation, suggested, models, preferences] = await Promise.all([
    api.task(data.task),
    api.project(data.project),
    api.annotation(data.task),
    api.predictions(data.task),
    api.models(data.project).catch(() => []),
    api.preferences().catch(() => USUAL_PREFERENCES),
  ]);
  await speak(preferences.language);
  if (scope.ended) return null; // left while it was fetched
  host.lang = spoken();
  const opened = { api, task, project, annotation, models, preferences, apart: data.apart === true, at: data.at };
  const editor = new Editor(host, opened, scope, navigate);
  editor.suggest(suggested);
  editor.resume();
  return editor;
}
