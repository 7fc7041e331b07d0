/** Handing in: submit, withdraw, go on to another task, and the banner that says where the annotation stands. */
import { type Annotation, type Api, Problem, type Project, type Review, type Task } from "./api";
import { el, icon } from "./dom";
import type { Saves } from "./editing/saver";
import { keepInTab, keptInTab } from "./editing/storage";
import { plural, t } from "./i18n";
import type { Notice } from "./panels/notice";
import { keysTo } from "./panels/key_hints";

export interface HandingInPorts {
  commit(): void;
  refresh(): void;
  say(text: string): void;
  reviews(): readonly Review[];
  /** What must still be answered; null when nothing is. */
  missing(): string | null;
  /** Ask for a line of text; null when nothing was answered. */
  ask(text: string, value: string): Promise<string | null>;
  /** Show another task; null means: whatever is next. */
  navigate(task: string | null): void;
}

/** How many tasks can be gone back. */
const TRAIL = 100;

export class HandingIn {
  readonly banner = el("div", { class: "banner", hidden: true });
  state: Annotation["state"];
  busy = false;
  /** Why the task is flagged for a manager; null when it is not. */
  private flagNote: string | null;
  /** Why the annotator skipped it once; null when not. */
  private skipped: string | null;

  constructor(
    private readonly api: Api,
    private readonly task: Task,
    private readonly project: Project,
    annotation: Annotation,
    private readonly saver: Saves,
    private readonly notice: Notice,
    private readonly ports: HandingInPorts,
  ) {
    this.state = annotation.state;
    this.flagNote = task.flag;
    this.skipped = task.my_skip;
    const trail = this.trail();
    if (trail[trail.length - 1] !== task.id) keepInTab(this.trailKey, [...trail.filter((one) => one !== task.id), task.id].slice(-TRAIL));
  }

  get flagged(): boolean {
    return this.flagNote !== null;
  }

  get editable(): boolean {
    return !this.api.readonly && (this.state === "draft" || this.state === "rejected");
  }

  /** Save what is left, submit the saved revision, and go on. */
  async submit(): Promise<void> {
    if (this.busy || !this.editable) return;
    this.ports.commit();
    const missing = this.ports.missing();
    if (missing) return void this.notice.show(missing);
    this.busy = true;
    this.ports.refresh();
    try {
      const revision = await this.saver.flush();
      this.state = (await this.api.submit(this.task.id, revision)).state;
      this.ports.say(t("Submitted"));
      this.ports.navigate(await this.following());
    } catch (error) {
      await this.explain(error);
    }
    this.busy = false;
    this.ports.refresh();
  }

  /** Go on to another task and leave this one as it is. */
  async goOn(): Promise<void> {
    this.ports.commit();
    const next = await this.following();
    if (next) this.ports.navigate(next);
    else this.notice.show(t("No other task waits for you in this project."));
  }

  /** Put the task off with a reason: its place is free for others, and it comes back after everything else. */
  async skip(): Promise<void> {
    if (this.busy || !this.editable) return;
    this.ports.commit();
    const reason = await this.ports.ask(t("Why do you skip this task? Managers see it; the task comes back to you after all others."), this.skipped ?? "");
    if (reason === null) return;
    if (!reason.trim()) return void this.notice.show(t("Say why you skip this task, or go on to another one without skipping it ({keys}).", { keys: keysTo("next-task") }));
    try {
      await this.saver.flush(); // a save after the skip would take the task up again
      this.skipped = (await this.api.skip(this.task.id, reason)).my_skip;
      this.ports.say(t("Skipped"));
      const next = await this.following();
      if (next) this.ports.navigate(next);
      else this.notice.show(t("Skipped. No other task waits for you in this project, so this one stays open."));
    } catch (error) {
      this.notice.show((error as Error).message);
    }
    this.ports.refresh();
  }

  /** Back to the task that was open before this one in this tab. */
  async back(): Promise<void> {
    this.ports.commit();
    const trail = this.trail();
    const before = trail[trail.indexOf(this.task.id) - 1];
    if (before) this.ports.navigate(before);
    else this.notice.show(t("This is the first task that you opened in this tab."));
  }

  /** Mark the task for a manager with a note, or take the mark back. */
  async flag(): Promise<void> {
    const flagged = this.flagNote === null;
    const note = flagged ? await this.ports.ask(t("What should a manager know about this task?"), "") : "";
    if (note === null) return;
    try {
      this.flagNote = (await this.api.flag(this.task.id, flagged, note)).flag;
      this.ports.say(flagged ? t("Flagged for a manager") : t("No longer flagged"));
    } catch (error) {
      this.notice.show((error as Error).message);
    }
    this.ports.refresh();
  }

  private get trailKey(): string {
    return `labelbuddy:trail:${this.project.id}`;
  }

  /** The tasks that were opened in this tab, in order. */
  private trail(): string[] {
    return keptInTab<string[]>(this.trailKey) ?? [];
  }

  drawBanner(): void {
    const reviews = this.ports.reviews();
    const last = reviews[reviews.length - 1];
    const parts: (Node | string)[] = [];
    let kind = "";
    if (this.state === "submitted") {
      kind = "info";
      parts.push(t("You submitted this. It waits for review."));
      parts.push(el("button", { type: "button", onclick: () => void this.withdraw() }, t("Withdraw")));
    } else if (this.state === "approved") {
      kind = "good";
      parts.push(last ? t("Approved by {reviewer}.", { reviewer: last.reviewer }) : t("Approved."), " ", last?.feedback ?? "");
    } else if (last?.decision === "reject") {
      const marked = last.regions.filter((one) => one.decision === "reject").length;
      kind = "bad-banner";
      parts.push(el("b", {}, t("{reviewer} sent this back.", { reviewer: last.reviewer })), " ", last.feedback || "");
      if (marked) parts.push(` ${plural(marked, "{count} region is marked.", "{count} regions are marked.")}`);
    } else if (this.task.recording.warning) {
      kind = "warn";
      parts.push(this.task.recording.warning);
    }
    if (this.skipped !== null && this.editable) {
      kind ||= "info";
      parts.push(el("span", {}, t("You skipped this: {reason}", { reason: this.skipped })));
    }
    if (this.flagNote !== null) {
      kind ||= "warn";
      parts.push(el("span", {}, icon("flag"), ` ${this.flagNote ? t("Flagged for a manager: {note}", { note: this.flagNote }) : t("Flagged for a manager.")} `));
      parts.push(el("button", { type: "button", onclick: () => void this.flag() }, t("Remove the flag")));
    }
    this.banner.hidden = parts.length === 0;
    this.banner.className = `banner ${kind}`;
    this.banner.replaceChildren(...parts);
  }

  private async following(): Promise<string | null> {
    const next = await this.api.next(this.project.id, this.task.id).catch(() => null);
    return next && next.id !== this.task.id ? next.id : null;
  }

  private async withdraw(): Promise<void> {
    try {
      this.state = (await this.api.withdraw(this.task.id)).state;
    } catch (error) {
      await this.explain(error);
    }
    this.ports.refresh();
  }

  /** Everything is saved even when handing in fails; say what is in the way. */
  private async explain(error: unknown): Promise<void> {
    if (error instanceof Problem && error.status === 409) {
      await this.saver.refetch().catch(() => undefined);
      const stale = error.kind === "stale";
      this.notice.show(stale ? t("Another tab changed this annotation. Look at it here, then submit again.") : error.message);
      return;
    }
    this.notice.show((error as Error).message);
  }
}
