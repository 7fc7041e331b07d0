/** LabelBuddy's HTTP API as one that answers the editor. */
import type { Batch } from "../editing/journals";
import type { ItemDecision } from "../editing/pending_decisions";
import type { FoundPoints } from "../engine/snap_points";
import type { Scale, SpectrogramDescription } from "../engine/spectrogram";
import type { Annotation, FoundGrid, Job, Preferences, Project, ProjectModel, Saved, Suggested, Task } from "./answers";
import type { Api } from "./api";
import { askingAs } from "./person";
import { problemOf, unreachable } from "./problem";

export class HttpApi implements Api {
  readonly served: boolean = true;
  readonly readonly: boolean = false;

  /** `person` is the id of whose page this is: nothing is asked in the session of anybody else. */
  constructor(
    private readonly base: string,
    private readonly person = "",
  ) {}

  page = (name: string): string => this.base.replace(/\/api\/v1$/, `/${name}`);

  private url(path: string): string {
    return this.base + path;
  }

  audio(task: string, compatible: boolean): string {
    return this.url(`/tasks/${task}/audio${compatible ? "?as=compatible" : ""}`);
  }

  task = (id: string): Promise<Task> => this.ask("GET", `/tasks/${id}`);
  project = (id: string): Promise<Project> => this.ask("GET", `/projects/${id}`);
  annotation = (task: string): Promise<Annotation> => this.ask("GET", `/tasks/${task}/annotation?compact=true`);
  predictions = (task: string): Promise<Suggested> => this.ask("GET", `/tasks/${task}/predictions`);
  firstPass = (task: string, revision: number): Promise<unknown> => this.ask("POST", `/tasks/${task}/first-pass`, { revision });
  noteView = (task: string, view: { shown: boolean; predictions: string[]; threshold: number }): Promise<unknown> =>
    this.ask("POST", `/tasks/${task}/suggestion-views`, view);
  models = async (project: string): Promise<ProjectModel[]> =>
    (await this.ask<{ items: ProjectModel[] }>("GET", `/projects/${project}/models`)).items.filter(({ predicts }) => predicts !== false);
  save = (task: string, batch: Batch, last: boolean): Promise<Saved> => this.ask("PATCH", `/tasks/${task}/annotation`, batch, last);
  submit = (task: string, revision: number): Promise<Annotation> =>
    this.ask("POST", `/tasks/${task}/annotation/submit`, { revision });
  withdraw = (task: string): Promise<Annotation> => this.ask("POST", `/tasks/${task}/annotation/withdraw`);
  predict = (task: string, model: string, stretch: { start: number; stop: number } | null = null): Promise<Job> =>
    this.ask("POST", `/tasks/${task}/predictions`, { model, ...stretch });
  job = (id: string): Promise<Job> => this.ask("GET", `/jobs/${id}`);
  cancelJob = (id: string): Promise<Job> => this.ask("DELETE", `/jobs/${id}`);
  decide = (task: string, decisions: readonly ItemDecision[]): Promise<unknown> => this.ask("POST", `/tasks/${task}/decisions`, { decisions });
  next = (project: string, after: string): Promise<Task | null> =>
    this.ask("POST", `/projects/${project}/tasks/next?after=${after}`);

  preferences = (): Promise<Preferences> => this.ask("GET", "/me/preferences");
  setPreferences = (preferences: Preferences): Promise<Preferences> => this.ask("PUT", "/me/preferences", preferences);
  beats = (task: string): Promise<FoundGrid> => this.ask("GET", `/tasks/${task}/beats`);
  snapPoints = (task: string, start: number, stop: number, kinds: string): Promise<FoundPoints> =>
    this.ask("GET", `/tasks/${task}/snap-points?start=${start}&stop=${stop}&kinds=${kinds}`);
  skip = (task: string, reason: string): Promise<Task> => this.ask("POST", `/tasks/${task}/skip`, { reason });
  flag = (task: string, flagged: boolean, note: string): Promise<Task> => this.ask("PUT", `/tasks/${task}/flag`, { flagged, note });

  activity(task: string, client: string, events: { kind: string; seconds: number }[]): void {
    void fetch(this.url(`/tasks/${task}/activity`), {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", ...askingAs(this.person) },
      body: JSON.stringify({ client, events }),
    }).catch(() => undefined);
  }

  peaks = async (task: string, start: number, stop: number): Promise<ArrayBuffer> => {
    const response = await fetch(this.url(`/tasks/${task}/peaks`), { headers: { Range: `bytes=${start}-${stop - 1}`, ...askingAs(this.person) } }).catch(unreachable);
    if (!response.ok) throw await problemOf(response);
    return response.arrayBuffer();
  };

  compatibleAudio = (task: string): Promise<{ ready: boolean; progress: number }> => this.ask("POST", `/tasks/${task}/compatible-audio`);
  spectrogram = (task: string): Promise<SpectrogramDescription> => this.ask("GET", `/tasks/${task}/spectrogram`);
  tile = async (task: string, level: number, tile: number, scale: Scale): Promise<Blob> =>
    (await this.get(`/tasks/${task}/spectrogram/${level}/${tile}?scale=${scale}`)).blob();
  samples = async (task: string, start: number, stop: number): Promise<ArrayBuffer> =>
    (await this.get(`/tasks/${task}/pcm?start=${start}&stop=${stop}`)).arrayBuffer();

  private async get(path: string): Promise<Response> {
    const response = await fetch(this.url(path), { headers: askingAs(this.person) }).catch(unreachable);
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  protected async ask<T>(method: string, path: string, body?: unknown, keepalive = false): Promise<T> {
    const response = await fetch(this.url(path), {
      method,
      headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...askingAs(this.person) },
      body: body === undefined ? null : JSON.stringify(body),
      keepalive,
    }).catch(unreachable);
    if (!response.ok) throw await problemOf(response);
    if (response.status === 204) return null as T;
    return (await response.json()) as T;
  }
}
