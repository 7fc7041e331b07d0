/** What holds for the whole clip in the ground truth: its caption, out of phrases of several, and its tags. */
import type { ComparedCaptions, Label } from "../api/answers";
import { el } from "../dom";
import { plural, t } from "../i18n";
import { delayed, isFocused } from "../panels/ports";
import { choicesOf, type Variant, withPhrase } from "./caption_merge";
import type { GroundTruth } from "./ground_truth";
import { saidTags } from "./said_tags";
import type { ReviewVersion } from "./versions";

export interface ClipTruthPorts {
  truth: GroundTruth;
  /** Null where there is none to compare. */
  captions: ComparedCaptions | null;
  /** What people handed in. */
  versions: readonly ReviewVersion[];
  /** Whether the project asks for captions. */
  describes: boolean;
  label(id: string): Label;
  changed(): void;
}

export class ClipTruth {
  readonly root: HTMLElement;
  private readonly text = el("textarea", { rows: 4, maxlength: 20000, "aria-label": t("Caption of the ground truth") });
  private readonly tags = el("div", { class: "chips", role: "group", "aria-label": t("Tags of the ground truth") });
  private drawn = "";
  private readonly commit = delayed(() => this.keep());

  constructor(private readonly ports: ClipTruthPorts) {
    const { captions, describes, versions, truth } = ports;
    const said = captions?.captions ?? [];
    const caption = describes || said.length || truth.document.caption;
    this.text.addEventListener("input", this.commit.later);
    this.text.addEventListener("blur", this.commit.now);
    const whole = said.map((one) => el("button", { type: "button", onclick: () => this.become(one.text) }, t("All of {who}", { who: one.annotator })));
    this.root = el(
      "section",
      { class: "panel clip-truth", hidden: !caption && !saidTags(versions, truth.document.tags).length },
      el("h3", {}, t("Clip in the ground truth")),
      this.tags,
      caption ? this.text : null,
      captions && said.length > 1 ? this.phrases(captions) : null,
      said.length > 1 ? el("div", { class: "buttons tight" }, ...whole) : null,
    );
    this.refresh();
  }

  refresh(): void {
    const { truth } = this.ports;
    if (!isFocused(this.text)) this.text.value = truth.document.caption?.text ?? "";
    const tags = saidTags(this.ports.versions, truth.document.tags);
    const key = JSON.stringify(tags);
    if (key === this.drawn) return; // a button that is being pressed must stay
    this.drawn = key;
    this.tags.replaceChildren(...tags.map((tag) => this.tag(tag)));
  }

  private tag({ label, who, of, chosen }: ReturnType<typeof saidTags>[number]): HTMLElement {
    const { truth, changed } = this.ports;
    const name = this.ports.label(label).name;
    const told = who.length === of ? t("all say it") : plural(who.length, "{names} says it", "{names} say it", { names: who.join(", ") || t("nobody") });
    const click = (): void => {
      truth.setTag(label, !chosen);
      changed();
    };
    return el("button", { type: "button", class: `reason${who.length === of ? "" : " differs"}`, "aria-pressed": chosen, title: told, onclick: click }, `${name} ${who.length}/${of}`);
  }

  private phrases(captions: ComparedCaptions): HTMLElement {
    const parts = choicesOf(captions).flatMap(({ same, variants }) =>
      same ? [el("span", { class: "phrase" }, variants[0]!.text)] : [el("span", { class: "phrase-choice" }, ...variants.map((one) => this.variant(one, variants)))],
    );
    return el("div", { class: "phrases", role: "group", "aria-label": t("Phrases to choose from") }, ...parts);
  }

  private variant(variant: Variant, all: readonly Variant[]): HTMLElement {
    const told = [
      variant.who.join(", "),
      variant.against.length ? t("contradicted by {names}", { names: variant.against.join(", ") }) : "",
      variant.alone.length ? t("nobody else says {words}", { words: variant.alone.join(", ") }) : "",
    ].filter(Boolean);
    const kind = variant.against.length ? " contradicted" : variant.alone.length ? " unsupported" : "";
    const take = (): void => {
      const others = all.filter((one) => one !== variant).map((one) => one.text);
      const made = withPhrase(this.text.value, variant.text, others, this.text.selectionStart || this.text.value.length);
      this.become(made.text);
      this.text.setSelectionRange(made.cursor, made.cursor);
    };
    return el("button", { type: "button", class: `variant${kind}`, title: told.join(" · "), "aria-label": `${variant.text}: ${told.join(" · ")}`, onclick: take }, variant.text);
  }

  private become(text: string): void {
    this.text.value = text;
    this.keep();
  }

  private keep(): void {
    const { truth, changed } = this.ports;
    if ((truth.document.caption?.text ?? "") === this.text.value) return;
    truth.setCaption(this.text.value);
    changed();
  }
}
