/** Handing in: submit, withdraw, skip, flag, go on to another task. */
import type { Project, Task } from "./api/answers";
import type { Api } from "./api/api";
import { Problem } from "./api/problem";
import type { Saves } from "./editing/saver";
import { keepInTab, keptInTab } from "./editing/storage";
import { t } from "./i18n";
import type { Notice } from "./panels/notice";
import { keysTo } from "./panels/key_hints";
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
}

/** How many tasks can be gone back. */
const TRAIL = 100;

export class HandingIn {
  constructor(
    private readonly api: Api,
    private readonly task: Task,
    private readonly project: Project,
    private readonly standing: Standing,
    private readonly saver: Saves,
    private readonly notice: Notice,
    private readonly ports: HandingInPorts,
  ) {
    const trail = this.trail();
    if (trail[trail.length - 1] !== task.id) keepInTab(this.trailKey, [...trail.filter((one) => one !== task.id), task.id].slice(-TRAIL));
  }

  /** Save what is left, submit the saved revision, and go on. */
  async submit(): Promise<void> {
    if (this.standing.busy || !this.standing.editable) return;
    this.ports.commit();
    const missing = this.ports.missing();
    if (missing) return void this.notice.show(missing);
    this.standing.busy = true;
    this.ports.refresh();
    try {
      const revision = await this.saver.flush();
      this.standing.state = (await this.api.submit(this.task.id, revision)).state;
      this.ports.say(t("Submitted"));
      this.ports.navigate(await this.following());
    } catch (error) {
      await this.explain(error);
    }
    this.standing.busy = false;
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
    if (this.standing.busy || !this.standing.editable) return;
    this.ports.commit();
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
