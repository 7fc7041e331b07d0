/** A task as models see it, for those who manage its project: everything is seen and heard, nothing is changed. */
import { type Annotation, HttpApi, type Prediction, type Project, type ProjectModel, type Suggested } from "./api";
import { openEditor } from "./editor";
import type { Scope } from "./scope";

export interface LookingData {
  mode: "looking";
  task: string;
  project: string;
  api: string;
  /** Where the address leads to (s). */
  at?: number;
}

/** The newest answer of each model is what is suggested; there is no annotation. */
class LookingApi extends HttpApi {
  override readonly served = false;
  override readonly readonly = true;

  override annotation = async (): Promise<Annotation> => ({
    id: null,
    user: "",
    revision: 0,
    state: "draft",
    document: { schema: "labelbuddy/annotation@1", regions: [], points: [], tags: [], caption: null, answers: [] },
    reviews: [],
  });

  override predictions = async (task: string): Promise<Suggested> => {
    const { items } = await this.ask<{ items: Prediction[] }>("GET", `/tasks/${task}/newest-predictions`);
    return { items, withheld: null };
  };

  /** What annotators are to do is not for who only looks. */
  override project = async (id: string): Promise<Project> => ({ ...(await this.ask<Project>("GET", `/projects/${id}`)), instructions: "" });

  override models = async (): Promise<ProjectModel[]> => [];
  override noteView = async (): Promise<void> => undefined; // nobody annotates here
}

export async function mountLooking(host: HTMLElement, data: LookingData, scope: Scope): Promise<void> {
  await openEditor(host, new LookingApi(data.api), data, scope, () => undefined);
}
