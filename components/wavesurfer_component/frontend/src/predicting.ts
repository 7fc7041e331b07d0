/** Asking a model about the task: one job at a time, its progress, and what it found. */
import type { Job } from "./api/answers";
import type { Api } from "./api/api";
import { Problem } from "./api/problem";
import type { Store } from "./editing/store";
import { plural, t } from "./i18n";
import type { Scope } from "./scope";

const POLL_MS = 400;
const MISSED_POLLS = 10;

export class Predicting {
  job: Job | null = null;
  problem = "";

  constructor(
    private readonly api: Api,
    private readonly task: string,
    private readonly store: Store,
    private readonly scope: Scope,
    private readonly changed: () => void,
    /** Told when the answer of a model is there. */
    private readonly arrived: () => void,
    private readonly say: (text: string) => void,
  ) {}

  /** Ask about the task, or only about a stretch of it (s). */
  async ask(model: string, stretch: { start: number; stop: number } | null = null): Promise<void> {
    if (this.job || !model) return;
    this.problem = "";
    try {
      this.job = await this.api.predict(this.task, model, stretch);
      const ended = await this.watch(this.job.id);
      if (this.scope.ended) return;
      if (ended.state === "failed") this.problem = ended.problem ?? t("The prediction failed. Ask again, or tell a manager.");
      this.store.predictions = (await this.api.predictions(this.task)).items;
      this.arrived();
      if (!this.problem) this.say(this.found());
    } catch (error) {
      const lost = !(error instanceof Problem);
      this.problem = lost ? t("The connection was lost. The prediction goes on; reload the page to see it.") : error.message;
    }
    this.job = null;
    this.changed();
  }

  private found(): string {
    const suggestions = plural(this.store.suggestions().length, "{count} suggestion", "{count} suggestions");
    return t("{suggestions}, {tags}", { suggestions, tags: plural(this.store.suggestedTags().length, "{count} tag", "{count} tags") });
  }

  async cancel(): Promise<void> {
    if (this.job) await this.api.cancelJob(this.job.id).catch(() => undefined);
  }

  /** Follow a job until it ends; a poll that gets lost is no end. */
  private async watch(id: string): Promise<Job> {
    for (let missed = 0; ; ) {
      const seen = await this.api.job(id).catch((error: unknown) => {
        if (error instanceof Problem || ++missed > MISSED_POLLS) throw error;
        return null;
      });
      if (seen) {
        missed = 0;
        this.job = seen;
        if (!["queued", "running"].includes(seen.state)) return seen;
        this.changed();
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (this.scope.ended) return this.job!;
    }
  }
}
