/** Handing in: submit, withdraw, skip, flag, go on to another task. */
import type { Project, Task } from "./api/answers";
import type { Api } from "./api/api";
import { Problem } from "./api/problem";
import { el } from "./dom";
import type { Saves } from "./editing/saver";
import { keepInTab, keptInTab } from "./editing/storage";
import { t } from "./i18n";
import type { Notice } from "./panels/notice";
import { keysTo } from "./panels/key_hints";
import { StandingLine } from "./panels/standing_line";
import type { Scope } from "./scope";
import type { Standing } from "./standing";

export interface HandingInPorts {
  commit(): void;
  refresh(): void;
  say(text: string): void;
  /** What must still be answered; null when nothing is. */
  missing(): string | null;
  /** Ask for a line of text; null when nothing was answered. */
  ask(text: string, value: string): Promise<string | null>;
  /** Show another task; null means: whatever is next. */
  navigate(task: string | null): void;
  /** Whether something is being dragged. */
  dragging(): boolean;
}

/** Saving that takes no longer is not worth a word (ms). */
const GRACE_MS = 300;

/** How many tasks can be gone back. */
const TRAIL = 100;

export class HandingIn {
  /** Says that it is handed in later. */
  readonly line: StandingLine;
  /** Ends the wait for everything to be saved; null while nothing is to be handed in. */
  private endWait: (() => void) | null = null;

  constructor(
    private readonly api: Api,
    private readonly task: Task,
    private readonly project: Project,
    private readonly standing: Standing,
    private readonly saver: Saves,
    private readonly notice: Notice,
    private readonly ports: HandingInPorts,
    private readonly scope: Scope,
  ) {
    this.line = new StandingLine("info", ports.dragging, scope);
    const trail = this.trail();
    if (trail[trail.length - 1] !== task.id) keepInTab(this.trailKey, [...trail.filter((one) => one !== task.id), task.id].slice(-TRAIL));
  }

  /** Save what is left, submit the saved revision, and go on. */
  async submit(): Promise<void> {
    if (!this.standing.editable) return;
    if (this.endWait) return void this.saver.hurry();
    this.ports.commit();
    const missing = this.ports.missing();
    if (missing) return void this.notice.show(missing);
    try {
      const revision = await this.saved();
      if (revision === null) return;
      this.standing.busy = true; // what is edited from now on would be refused
      this.ports.refresh();
      this.standing.state = (await this.api.submit(this.task.id, revision)).state;
      this.ports.say(t("Submitted"));
      if (!this.scope.ended) this.ports.navigate(await this.following());
    } catch (error) {
      await this.explain(error, (why) => t("Not submitted: {why}", { why }));
    }
    this.standing.busy = false;
    this.ports.refresh();
  }

  /** Something was edited: what was to be handed in is not the same any more. */
  edited(): void {
    this.takeBack(t("Not submitted: you went on editing. Submit again when you are done."));
  }

  /** Others changed something. */
  editedElsewhere(): void {
    this.takeBack(t("Another tab changed this annotation. Look at it here, then submit again."));
  }

  /** The revision when everything is saved, however long that takes; null when handing in was taken back before. */
  private async saved(): Promise<number | null> {
    const takenBack = new Promise<null>((resolve) => {
      this.endWait = () => resolve(null);
    });
    const slow = window.setTimeout(() => this.tell(), GRACE_MS);
    try {
      const revision = await Promise.race([this.saver.flush(Infinity), takenBack]);
      if (revision !== null && !this.scope.ended) {
        this.ports.commit(); // what was typed meanwhile is an edit too
        if (this.ports.dragging()) this.edited();
      }
      return this.endWait && revision;
    } finally {
      window.clearTimeout(slow);
      this.endWait = null;
      this.line.hide();
    }
  }

  private tell(): void {
    const says = t("Not submitted yet: that is done as soon as everything is saved, while this task stays open. An edit takes it back.");
    this.line.show(el("span", {}, says), el("button", { type: "button", onclick: () => this.takeBack(t("Not submitted")) }, t("Do not submit")));
    this.ports.say(says);
  }

  private takeBack(why: string): void {
    if (!this.endWait) return;
    this.endWait();
    this.endWait = null;
    this.notice.show(why);
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
    if (!this.standing.editable) return;
    this.ports.commit();
    this.takeBack(t("Not submitted"));
    const reason = await this.ports.ask(t("Why do you skip this task? Managers see it; the task comes back to you after all others."), this.standing.skipped ?? "");
    if (reason === null) return;
    if (!reason.trim()) return void this.notice.show(t("Say why you skip this task, or go on to another one without skipping it ({keys}).", { keys: keysTo("next-task") }));
    try {
      await this.saver.flush(); // a save after the skip would take the task up again
      this.standing.skipped = (await this.api.skip(this.task.id, reason)).my_skip;
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
    const flagged = this.standing.flag === null;
    const note = flagged ? await this.ports.ask(t("What should a manager know about this task?"), "") : "";
    if (note === null) return;
    try {
      this.standing.flag = (await this.api.flag(this.task.id, flagged, note)).flag;
      this.ports.say(flagged ? t("Flagged for a manager") : t("No longer flagged"));
    } catch (error) {
      this.notice.show((error as Error).message);
    }
    this.ports.refresh();
  }

  /** Take it back, to work on. */
  async withdraw(): Promise<void> {
    try {
      this.standing.state = (await this.api.withdraw(this.task.id)).state;
      this.ports.navigate(this.task.id); // the list of the queue beside the editor shows it
    } catch (error) {
      await this.explain(error);
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

  private async following(): Promise<string | null> {
    const next = await this.api.next(this.project.id, this.task.id).catch(() => null);
    return next && next.id !== this.task.id ? next.id : null;
  }

  /** Everything is saved even when handing in fails; say what is in the way. */
  private async explain(error: unknown, says = (why: string): string => why): Promise<void> {
    if (error instanceof Problem && error.status === 409) {
      await this.saver.refetch().catch(() => undefined);
      const stale = error.kind === "stale";
      this.notice.show(stale ? t("Another tab changed this annotation. Look at it here, then submit again.") : error.message);
      return;
    }
    this.notice.show(says((error as Error).message));
  }
}
