/** The panel of the decision on a whole annotation: feedback, approve, send back. */
import type { Annotation } from "../api/answers";
import { el, icon } from "../dom";
import { t } from "../i18n";
import { capOf } from "../panels/key_hints";
import type { Decisions } from "./decisions";

export class WholePanel {
  readonly root: HTMLElement;
  private readonly feedback = el("textarea", { rows: 3, placeholder: t("What should be changed, or what was good"), "aria-label": t("Feedback on the whole annotation") });
  private readonly problem = el("p", { class: "bad", role: "alert", hidden: true });
  private readonly approve: HTMLButtonElement;
  private readonly sendBack: HTMLButtonElement;

  constructor({ annotator, user, state, revision }: Annotation, decisions: Decisions, reasons: readonly string[], decide: (decision: "approve" | "reject") => void) {
    this.feedback.value = decisions.feedback;
    this.feedback.addEventListener("input", () => {
      decisions.feedback = this.feedback.value;
      decisions.keep();
    });
    this.approve = el("button", { type: "button", class: "primary", onclick: () => decide("approve") }, icon("check"), t("Approve"), capOf("submit"));
    this.sendBack = el("button", { type: "button", class: "danger", onclick: () => decide("reject") }, icon("cross"), t("Send back"));
    const about = t(" · {state}, revision {revision}", { state, revision });
    this.root = el(
      "section",
      { class: "panel" },
      el("h3", {}, t("Decision")),
      el("p", {}, el("b", {}, annotator?.name ?? user), el("span", { class: "muted" }, about)),
      reasons.length ? el("div", { class: "chips reasons", role: "group", "aria-label": t("Reasons") }, ...reasons.map((reason) => this.chip(reason, decisions))) : null,
      this.feedback,
      this.problem,
      el("div", { class: "buttons tight" }, this.approve, this.sendBack),
    );
  }

  /** Whether something can be decided now. */
  set open(open: boolean) {
    this.approve.disabled = this.sendBack.disabled = !open;
    this.feedback.disabled = !open;
  }

  /** Say what is in the way, with what can be done about it. */
  tell(text: string, ...ways: HTMLElement[]): void {
    this.problem.hidden = false;
    this.problem.replaceChildren(text, ...(ways.length ? [el("span", { class: "buttons tight" }, ...ways)] : []));
  }

  private chip(reason: string, decisions: Decisions): HTMLElement {
    const chosen = (): boolean => decisions.reasons.has(reason);
    const chip = el("button", { type: "button", class: "reason", "aria-pressed": chosen() }, reason);
    chip.addEventListener("click", () => {
      decisions.toggleReason(reason);
      chip.setAttribute("aria-pressed", String(chosen()));
    });
    return chip;
  }

  focusFeedback(): void {
    this.feedback.focus();
  }
}
