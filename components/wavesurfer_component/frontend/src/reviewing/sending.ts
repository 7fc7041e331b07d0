/** Sends what a reviewer decided, together with the ground truth where it was changed: both are kept, or neither. */
import type { Annotation, GroundTruthAnswer } from "../api/answers";
import { Problem } from "../api/problem";
import { el } from "../dom";
import { t } from "../i18n";
import type { Decisions } from "./decisions";
import type { GroundTruth } from "./ground_truth";
import type { ReviewApi } from "./review_api";
import type { WholePanel } from "./whole_panel";

export interface SendingPorts {
  api: ReviewApi;
  annotation: Annotation;
  decisions: Decisions;
  truth: GroundTruth | null;
  whole: WholePanel;
  changed(): void;
  reviewed(annotation: string, decision: string): void;
}

export class Sending {
  private busy = false;

  constructor(private readonly ports: SendingPorts) {}

  /** Whether something can be decided now. */
  get open(): boolean {
    return this.ports.annotation.state === "submitted" && !this.busy;
  }

  async decide(decision: "approve" | "reject"): Promise<void> {
    const { api, annotation, decisions, whole } = this.ports;
    if (!this.open) return;
    const objection = decisions.objection(decision);
    if (objection) {
      if (decision === "reject") whole.focusFeedback();
      return whole.tell(objection);
    }
    this.turn(true);
    const truth = this.ports.truth?.changed ? this.ports.truth : null;
    try {
      const { feedback, reasons, all: regions } = decisions;
      const written = truth && { ground_truth: { revision: truth.revision, document: truth.document } };
      await api.review(annotation.id!, { revision: annotation.revision, decision, feedback, reasons: [...reasons], regions, ...written });
      truth?.saved();
      decisions.forget();
      return this.ports.reviewed(annotation.id!, decision);
    } catch (error) {
      if (truth && error instanceof Problem && error.status === 409 && error.body["field"] === "ground_truth") this.conflict(truth, error.body as unknown as GroundTruthAnswer, decision);
      else whole.tell((error as Error).message);
    }
    this.turn(false);
  }

  private conflict(truth: GroundTruth, theirs: GroundTruthAnswer, decision: "approve" | "reject"): void {
    const { whole, changed } = this.ports;
    const button = (text: string, click: () => void): HTMLElement => el("button", { type: "button", onclick: click }, text);
    whole.tell(
      t("{who} wrote the ground truth of this task in the meantime; nothing is sent yet.", { who: theirs.by ?? t("Somebody") }),
      button(t("Look at theirs"), () => {
        truth.take(theirs);
        whole.tell(t("This is their ground truth now; undo brings back yours."));
        changed();
      }),
      button(t("Keep mine instead"), () => {
        truth.revision = theirs.revision;
        void this.decide(decision);
      }),
    );
  }

  private turn(busy: boolean): void {
    this.busy = busy;
    this.ports.changed();
  }
}
