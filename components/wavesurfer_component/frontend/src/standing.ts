/** Where an annotation stands: whether it can be changed, and the banner that says what was done with it. */
import type { Annotation, Review, Task } from "./api/answers";
import { el, icon } from "./dom";
import { plural, t } from "./i18n";

export interface StandingPorts {
  reviews(): readonly Review[];
  withdraw(): void;
  /** Take the flag back. */
  flag(): void;
  /** Leave this task for the next one of the queue. */
  next(): void;
}

export class Standing {
  readonly banner = el("div", { class: "banner", hidden: true });
  state: Annotation["state"];
  /** It is being handed in: nothing is edited meanwhile. */
  busy = false;
  /** Why the task is flagged for a manager; null when it is not. */
  flag: string | null;
  /** Why nothing is saved here any more; null while it is. */
  gone: string | null = null;
  /** Why the annotator skipped it once; null when not. */
  skipped: string | null;

  constructor(
    private readonly readonly: () => boolean,
    private readonly task: Task,
    annotation: Annotation,
    private readonly ports: StandingPorts,
  ) {
    this.state = annotation.state;
    this.flag = task.flag;
    this.skipped = task.my_skip;
  }

  get flagged(): boolean {
    return this.flag !== null;
  }

  get editable(): boolean {
    return !this.readonly() && !this.busy && this.gone === null && (this.state === "draft" || this.state === "rejected");
  }

  /** Something was saved: a task that was skipped is not any more. The banner moves the stage, so it waits for a drag to end. */
  takenUp(dragging: boolean): void {
    if (this.skipped === null) return;
    this.skipped = null;
    if (!dragging) this.drawBanner();
  }

  drawBanner(): void {
    const reviews = this.ports.reviews();
    const last = reviews[reviews.length - 1];
    const parts: (Node | string)[] = [];
    let kind = "";
    if (this.gone !== null) {
      kind = "bad-banner";
      parts.push(t("{why} Nothing more is saved here; what was not saved stays in this browser.", { why: this.gone }));
      parts.push(el("button", { type: "button", onclick: () => this.ports.next() }, t("Go to my queue")));
    } else if (this.state === "submitted") {
      kind = "info";
      parts.push(t("You submitted this. It waits for review."));
      parts.push(el("button", { type: "button", onclick: () => this.ports.withdraw() }, t("Withdraw")));
    } else if (this.state === "approved") {
      kind = "good";
      parts.push(last ? t("Approved by {reviewer}.", { reviewer: last.reviewer }) : t("Approved."), quoted(last?.feedback));
    } else if (last?.decision === "reject") {
      const marked = last.regions.filter((one) => one.decision === "reject").length;
      kind = "bad-banner";
      parts.push(el("b", {}, t("{reviewer} sent this back.", { reviewer: last.reviewer })), quoted(last.feedback));
      if (marked) parts.push(` ${plural(marked, "{count} region is marked.", "{count} regions are marked.")}`);
    } else if (this.task.recording.warning) {
      kind = "warn";
      parts.push(this.task.recording.warning);
    }
    if (this.skipped !== null && this.editable) {
      kind ||= "info";
      parts.push(el("span", {}, t("You skipped this: {reason}", { reason: this.skipped })), t("Somebody else may have it by now."));
    }
    if (this.flag !== null) {
      kind ||= "warn";
      parts.push(el("span", {}, icon("flag"), ` ${this.flag ? t("Flagged for a manager: {note}", { note: this.flag }) : t("Flagged for a manager.")} `));
      parts.push(el("button", { type: "button", onclick: () => this.ports.flag() }, t("Remove the flag")));
    }
    this.banner.hidden = parts.length === 0;
    this.banner.className = `banner ${kind}`;
    this.banner.replaceChildren(...parts);
  }
}

/** The words of somebody else, apart from those of the banner. */
const quoted = (words: string | undefined): Node | string => (words ? el("q", {}, words) : "");
