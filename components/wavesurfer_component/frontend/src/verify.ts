/** The verify grid: many small spectrograms of one label, the least certain first; one key decides each. */
import { type Label, type RegionsToVerify, type RegionToVerify, USUAL_PREFERENCES } from "./api/answers";
import { el } from "./dom";
import type { KeyPress } from "./editing/key_press";
import { PersonalKeys } from "./editing/personal_keys";
import { readTheme } from "./engine/theme";
import { clock } from "./engine/time";
import { percent, plural, speak, spoken, t } from "./i18n";
import { Keyboard } from "./keyboard";
import { capOf, renewHints } from "./panels/key_hints";
import { LevelingButton } from "./panels/leveling";
import { keyOverlay } from "./panels/overlay";
import { gainsOf, levelingFor } from "./playback/leveling";
import { keptSound } from "./playback/own_sound";
import { PLAIN_MIX } from "./playback/sound";
import { ReviewApi } from "./reviewing/review_api";
import type { Scope } from "./scope";
import { Batch, type Verdict } from "./verifying/batch";
import { Hearing } from "./verifying/hearing";
import { HEIGHT, Pictures, WIDTH } from "./verifying/pictures";
import { SentVerdicts } from "./verifying/sent_verdicts";

export interface VerifyData {
  mode: "verify";
  project: string;
  label: string;
  api: string;
  /** The id of whose page this is. */
  person: string;
}

export async function mountVerify(host: HTMLElement, data: VerifyData, scope: Scope, finished: (decided: number) => void): Promise<void> {
  const api = new ReviewApi(data.api, data.person);
  const [project, first, preferences, me] = await Promise.all([
    api.project(data.project),
    api.regionsToVerify(data.project, data.label, 0),
    api.preferences().catch(() => USUAL_PREFERENCES),
    api.me(),
  ]);
  await speak(preferences.language);
  if (scope.ended) return;
  host.lang = spoken();
  const label = project.labels.find((one) => one.id === data.label);
  const keys = new PersonalKeys(api, preferences, true, [], () => renewHints(host));
  new VerifyGrid(host, api, data, label, first, keys, keptSound(me).gain ?? 0, scope, finished);
}

class VerifyGrid {
  private batch = new Batch<RegionToVerify>([]);
  private cards: HTMLElement[] = [];
  private complete: RegionsToVerify["complete"];
  private total: number;
  /** How many were skipped in batches before: they come first again. */
  private skipped = 0;
  private readonly grid = el("div", { class: "verify-grid", role: "listbox", tabindex: 0, "aria-label": t("Regions, the least certain first") });
  private readonly told = el("span", { class: "verify-told", role: "status" });
  private readonly counts = el("span", { class: "muted" });
  private readonly finishing = el("div", { class: "toolbar" });
  private readonly feedback = el("input", { type: "text", "aria-label": t("What is wrong with what you rejected"), placeholder: t("What is wrong with what you rejected") });
  private readonly live = el("div", { class: "screen-reader", "aria-live": "polite" });
  private readonly keyboard: Keyboard;
  private readonly pictures: Pictures;
  private readonly hearing: Hearing;
  private readonly leveling: LevelingButton;
  private readonly sent: SentVerdicts;
  private readonly seen: IntersectionObserver;
  private readonly toDraw = new Map<Element, () => void>();

  constructor(
    host: HTMLElement,
    private readonly api: ReviewApi,
    private readonly data: VerifyData,
    private readonly label: Label | undefined,
    first: RegionsToVerify,
    keys: PersonalKeys,
    /** Decibels: how loud this person had the sound last. */
    own: number,
    private readonly scope: Scope,
    private readonly finished: (decided: number) => void,
  ) {
    this.complete = first.complete;
    this.total = first.total;
    this.pictures = new Pictures(api, () => scope.ended);
    const mix = { ...PLAIN_MIX, gain: own };
    this.hearing = new Hearing(api, scope, ({ statistics }) => gainsOf(mix, levelingFor(keys.preferences, statistics)).whole);
    this.leveling = new LevelingButton({
      keys,
      measured: () => this.batch.current?.statistics ?? null,
      mix: () => mix,
      switched: () => this.hearing.stop(),
      say: (text) => this.say(text),
      complain: (text) => this.told.replaceChildren(el("span", { class: "bad" }, text)),
    });
    this.sent = new SentVerdicts(api, { refused: (place, problem) => this.refused(place, problem) });
    this.seen = new IntersectionObserver((entries) => this.appeared(entries), { rootMargin: "200px" });
    scope.add(() => this.seen.disconnect());
    const key = (action: string, says: string): HTMLElement => el("span", { class: "verify-hint" }, capOf(action), says);
    const hints = el("div", { class: "toolbar small" }, key("approve-region", t("accept")), key("reject-region", t("reject")), key("next-disagreement", t("skip")), key("undo", t("undo")), key("play", t("play")), this.leveling.root, el("span", { class: "spring" }), this.counts);
    const root = el("div", { class: "lb-editor lb-verify", role: "application", "aria-label": t("Verify {label}", { label: label?.name ?? data.label }), tabindex: 0 }, hints, this.grid, this.finishing, el("div", { class: "toolbar" }, this.told), this.live);
    host.replaceChildren(root);
    const recolor = (): void => void (host.dataset["dark"] = String(readTheme(host).dark));
    scope.onRedraw(recolor);
    recolor();
    this.keyboard = new Keyboard(root, { review: true, keys: () => keys.map, act: (action, press) => this.act(action, press), other: () => false, escape: () => this.hearing.stop(), help: () => this.keyboard.show((close) => keyOverlay(keys.overlay(close))) }, scope);
    this.show(first.items);
    this.keyboard.focus();
  }

  private show(items: readonly RegionToVerify[]): void {
    this.batch = new Batch(items);
    this.toDraw.clear();
    this.cards = items.map((item, place) => this.card(item, place));
    this.grid.replaceChildren(...this.cards);
    for (const card of this.cards) this.seen.observe(card);
    if (!items.length) this.grid.replaceChildren(el("p", { class: "muted" }, t("Nothing of this label waits for you.")));
    this.refresh();
  }

  private card(item: RegionToVerify, place: number): HTMLElement {
    const canvas = el("canvas", { width: WIDTH, height: HEIGHT, "aria-hidden": "true" });
    const { start, end } = item.region;
    const about = `${clock(start, 1)} – ${clock(end, 1)}`;
    const score = item.score === null ? "" : percent(item.score);
    const card = el(
      "div",
      { class: "verify-card", role: "option", "aria-selected": "false", id: `verify-${place}`, onclick: () => this.point(place) },
      canvas,
      el("div", { class: "small" }, el("span", { class: "verify-state" }), el("b", { class: "number" }, score), " ", el("span", { class: "number" }, about)),
      el("div", { class: "small muted verify-from", title: `${item.recording} · ${item.annotator}` }, `${item.recording} · ${item.annotator}`),
    );
    this.toDraw.set(card, () => this.pictures.draw(canvas, item, this.label?.color ?? "#2dbfae"));
    return card;
  }

  private appeared(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      this.toDraw.get(target)?.();
      this.toDraw.delete(target);
      this.seen.unobserve(target);
    }
  }

  private point(place: number): void {
    this.batch.at = place;
    this.refresh();
    this.keyboard.focus();
    this.play();
  }

  /** Arrows up and down go by rows, other keys of the same actions one by one. */
  private move(by: number, press: KeyPress): void {
    const top = this.cards[0]?.offsetTop;
    const row = /^Arrow/.test(press.key) ? Math.max(1, this.cards.filter((card) => card.offsetTop === top).length) : 1;
    this.step(by * row);
  }

  private step(by: number): void {
    this.batch.step(by);
    this.refresh();
  }

  private act(action: string, press: KeyPress): void {
    if (action === "approve-region") this.decide("approve");
    else if (action === "reject-region") this.decide("reject");
    else if (action === "next-disagreement") this.decide("skip");
    else if (action === "forward") this.step(1);
    else if (action === "back") this.step(-1);
    else if (action === "next-region") this.move(1, press);
    else if (action === "previous-region") this.move(-1, press);
    else if (action === "undo") this.back(this.batch.undo());
    else if (action === "redo") this.back(this.batch.redo());
    else if (action === "play" || action === "play-region") this.play();
    else if (action === "leveling") this.leveling.toggle();
    else if (action === "submit") void this.finish();
    else if (action === "page-forward") void this.more();
  }

  private decide(verdict: Verdict): void {
    const place = this.batch.decide(verdict);
    if (place === null) return;
    this.send(place);
    this.refresh();
    this.say(`${said(verdict)}. ${t("{count} open", { count: this.batch.count(null) })}`);
  }

  private back(place: number | null): void {
    if (place === null) return this.say(t("Nothing to undo"));
    this.send(place);
    this.refresh();
  }

  private send(place: number): void {
    const verdict = this.batch.of(place);
    this.sent.send(place, this.batch.items[place]!, verdict === "skip" ? null : verdict);
  }

  private refused(place: number, problem: string): void {
    if (this.scope.ended) return;
    this.batch.reopen(place);
    this.told.replaceChildren(el("span", { class: "bad" }, problem));
    this.refresh();
  }

  private play(): void {
    if (this.hearing.playing) return this.hearing.stop();
    const { current } = this.batch;
    if (current) this.hearing.play(current).catch((error: unknown) => this.told.replaceChildren(el("span", { class: "bad" }, (error as Error).message)));
  }

  private refresh(): void {
    const { batch } = this;
    this.cards.forEach((card, place) => {
      const verdict = batch.of(place);
      card.className = `verify-card ${verdict ?? "open"}${place === batch.at ? " here" : ""}`;
      card.setAttribute("aria-selected", String(place === batch.at));
      card.querySelector(".verify-state")!.textContent = verdict ? `${{ approve: "✓", reject: "✗", skip: "→" }[verdict]} ` : "";
    });
    this.grid.setAttribute("aria-activedescendant", `verify-${batch.at}`);
    this.cards[batch.at]?.scrollIntoView({ block: "nearest" });
    const decided = batch.count("approve") + batch.count("reject");
    this.leveling.refresh();
    const waiting = plural(this.total - decided, "{count} of this label waits", "{count} of this label wait");
    this.counts.textContent = `${waiting} · ${t("{accepted} accepted, {rejected} rejected, {skipped} skipped", { accepted: batch.count("approve"), rejected: batch.count("reject"), skipped: batch.count("skip") })}`;
    this.drawFinishing();
  }

  private drawFinishing(): void {
    const open = this.batch.count(null);
    const more = el("button", { type: "button", class: open ? "" : "primary", onclick: () => void this.more() }, t("Show the next"), " ", capOf("page-forward"));
    const finish = el("button", { type: "button", onclick: () => void this.finish() }, t("Decide what is complete"), " ", capOf("submit"));
    this.keyboard.keepingFocus(() => this.finishing.replaceChildren(more, el("span", { class: "verify-feedback" }, this.feedback), finish));
  }

  /** The next batch; what was skipped in this one is passed over. */
  private async more(): Promise<void> {
    this.skipped += this.batch.count("skip") + this.batch.count(null);
    await this.fetch();
    if (!this.batch.items.length && this.skipped) {
      this.skipped = 0; // round again
      await this.fetch();
    }
  }

  private async fetch(): Promise<void> {
    try {
      await this.sent.settled();
      const found = await this.api.regionsToVerify(this.data.project, this.data.label, this.skipped);
      if (this.scope.ended) return;
      this.complete = found.complete;
      this.total = found.total;
      this.show(found.items);
      this.tellComplete();
    } catch (error) {
      this.told.replaceChildren(el("span", { class: "bad" }, (error as Error).message));
    }
  }

  private tellComplete(): void {
    const { approve, send_back } = this.complete;
    const count = approve + send_back;
    this.told.textContent = count ? plural(count, "Of one annotation everything is decided.", "Of {count} annotations everything is decided.") : "";
  }

  /** Decide the annotations of which everything is decided. */
  private async finish(): Promise<void> {
    try {
      await this.sent.settled();
      const { approve, send_back } = await this.api.finishVerified(this.data.project, this.feedback.value);
      if (this.scope.ended) return;
      this.finished(approve.length + send_back.length);
      this.told.textContent = t("{approved} annotations approved, {rejected} sent back. Others have regions that you have not decided, or more than regions.", { approved: approve.length, rejected: send_back.length });
    } catch (error) {
      this.told.replaceChildren(el("span", { class: "bad" }, (error as Error).message));
    }
  }

  private say(text: string): void {
    this.live.replaceChildren(el("span", {}, text));
  }
}

function said(verdict: Verdict): string {
  return verdict === "approve" ? t("accepted") : verdict === "reject" ? t("rejected") : t("skipped");
}
