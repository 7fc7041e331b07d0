/** Sends what a reviewer decided: first the ground truth, where it was changed, then the decision. */
import { type Annotation, type GroundTruthAnswer, type HttpApi, Problem } from "../api";
import { el } from "../dom";
import { t } from "../i18n";
import type { Decisions } from "./decisions";
import type { GroundTruth } from "./ground_truth";
import type { WholePanel } from "./whole_panel";

export interface SendingPorts {
  api: HttpApi;
  task: string;
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
    try {
      if (await this.writeTruth(decision)) {
        const { feedback, reasons, all: regions } = decisions;
        await api.review(annotation.id!, { revision: annotation.revision, decision, feedback, reasons: [...reasons], regions });
        decisions.forget();
        return this.ports.reviewed(annotation.id!, decision);
      }
    } catch (error) {
      whole.tell((error as Error).message);
    }
    this.turn(false);
  }

  /** False when somebody else wrote it in the meantime. */
  private async writeTruth(decision: "approve" | "reject"): Promise<boolean> {
    const { api, task, truth } = this.ports;
    if (!truth?.changed) return true;
    try {
      truth.saved((await api.writeGroundTruth(task, truth.revision, truth.document)).revision);
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error;
      this.conflict(truth, error.body as unknown as GroundTruthAnswer, decision);
      return false;
    }
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
