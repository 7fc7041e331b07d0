/** Suggestions that a project withholds: why there are none, the first pass after which they are shown, and what was seen when. */
import type { Suggested, Withheld } from "./api/answers";
import type { Api } from "./api/api";
import { Problem } from "./api/problem";
import type { Saves } from "./editing/saver";
import type { Store } from "./editing/store";
import { plural, t } from "./i18n";

export interface FirstPassPorts {
  /** Make an edit of what was typed and is not one yet. */
  commit(): void;
  /** Ask before something that cannot be taken back; `yes` is what the button says. */
  confirm(text: string, yes: string): Promise<boolean>;
  complain(text: string): void;
  say(text: string): void;
  refresh(): void;
}

export class FirstPass {
  /** Null when suggestions are shown. */
  withheld: Withheld | null = null;
  busy = false;

  constructor(
    private readonly api: Api,
    private readonly task: string,
    private readonly store: Store,
    private readonly saver: Pick<Saves, "flush" | "refetch">,
    private readonly ports: FirstPassPorts,
  ) {}

  /** Take over what the server gives out. */
  take({ items, withheld }: Suggested): void {
    this.withheld = withheld ?? null;
    this.store.predictions = items;
    if (items.length) this.noteView();
  }

  /** Why there are no suggestions, for the person who works; null when there is no reason. */
  get reason(): string | null {
    if (!this.withheld) return null;
    return this.withheld.setting === "hidden"
      ? t("This project shows no suggestions of models.")
      : t("Suggestions come after a first pass: mark what you hear, then have them shown.");
  }

  /** Ask, save what is left, declare the first pass done, and show the suggestions. */
  async declare(): Promise<void> {
    if (this.busy || this.withheld?.setting !== "after_first_pass") return;
    const question = t("Is your first pass done? What you have marked until now is kept as such, and suggestions are shown from now on.");
    if (!(await this.ports.confirm(question, t("Show suggestions")))) return;
    this.ports.commit();
    this.busy = true;
    this.ports.refresh();
    try {
      const revision = await this.saver.flush();
      await this.api.firstPass(this.task, revision);
      this.take(await this.api.predictions(this.task));
      const count = this.store.suggestions().length;
      this.ports.say(plural(count, "{count} suggestion", "{count} suggestions"));
    } catch (error) {
      const stale = error instanceof Problem && error.kind === "stale";
      if (stale) await this.saver.refetch().catch(() => undefined);
      this.ports.complain(stale ? t("Another tab changed this annotation. Look at it here, then ask again.") : (error as Error).message);
    }
    this.busy = false;
    this.ports.refresh();
  }

  /** Tell the server what is seen of suggestions from now on; best effort. */
  noteView(): void {
    const { predictions, threshold, hidesSuggestions } = this.store;
    const view = { shown: !hidesSuggestions, predictions: predictions.map((one) => one.id).slice(0, MOST_NOTED), threshold };
    void this.api.noteView(this.task, view).catch(() => undefined);
  }
}

const MOST_NOTED = 100;
