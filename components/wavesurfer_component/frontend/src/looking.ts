/** A task as models see it, or as its annotators do, each in lanes of their own: everything is seen and heard, nothing is changed. */
import type { Annotation, GroundTruthAnswer, Prediction, Project, ProjectModel, Suggested } from "./api/answers";
import { HttpApi } from "./api/http_api";
import { openEditor } from "./editor";
import { t } from "./i18n";
import type { Scope } from "./scope";

export interface LookingData {
  mode: "looking";
  task: string;
  project: string;
  api: string;
  /** The id of whose page this is. */
  person: string;
  /** What annotators handed in is shown, not what models said. */
  people?: boolean;
  /** Where the address leads to (s). */
  at?: number;
}

const HANDED_IN: ReadonlySet<string> = new Set(["submitted", "approved"]);

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

/** What annotators handed in stands where the answers of models would. */
class PeopleApi extends LookingApi {
  readonly people = true;

  override predictions = async (task: string): Promise<Suggested> => {
    const [{ items }, truth] = await Promise.all([
      this.ask<{ items: Annotation[] }>("GET", `/tasks/${task}/annotations`),
      this.ask<GroundTruthAnswer>("GET", `/tasks/${task}/consensus`),
    ]);
    return { items: [...items.filter((one) => HANDED_IN.has(one.state)).map(answerOf), ...truthOf(truth)], withheld: null };
  };
}

/** An annotation in the form of a prediction; whoever made it is its model. Several people may have regions of the same id. */
export function answerOf(annotation: Annotation): Prediction {
  const { id } = annotation;
  const user = annotation.annotator?.username ?? annotation.user;
  const regions = annotation.document.regions.map((one) => ({ ...one, id: `${id}:${one.id}`, origin: { ...one.origin, by: user } }));
  const document = { ...annotation.document, regions };
  return { id: `annotation-${id}`, model: user, model_name: user, license: "", version: "", document, decisions: {}, notes: [] };
}

/** The ground truth as a further answer; that which is the only approved answer stands there already. */
export function truthOf({ kind, document }: Pick<GroundTruthAnswer, "kind" | "document">): Prediction[] {
  if (document === null || kind === "approved") return [];
  const regions = document.regions.map((one) => ({ ...one, id: `truth:${one.id}`, origin: { ...one.origin, by: t("Ground truth") } }));
  return [{ id: "truth", model: "truth", model_name: t("Ground truth"), license: "", version: "", document: { ...document, regions }, decisions: {}, notes: [] }];
}

export async function mountLooking(host: HTMLElement, data: LookingData, scope: Scope): Promise<void> {
  const api = data.people ? new PeopleApi(data.api, data.person) : new LookingApi(data.api, data.person);
  await openEditor(host, api, { ...data, apart: data.people === true }, scope, () => undefined);
}
