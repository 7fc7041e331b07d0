/** What is selected: one region with its label, times, band, text, attributes and what a reviewer said; or how many. */
import { el, icon } from "../dom";
import type { Region } from "../editing/document";
import type { Store } from "../editing/store";
import { type Read, readTime } from "../editing/typed_times";
import { clock } from "../engine/time";
import { completions, problemOfText, VOCABULARY_NAMES } from "../engine/vocabularies";
import { decimal, msg, percent, plural, t, typedNumber } from "../i18n";
import { attributeFields } from "./attributes";
import { completion } from "./completion";
import { capOf, withKeys } from "./key_hints";
import { regionTools } from "./region_tools";
import { severalFields } from "./several";
import { delayed, isFocused, type PanelPorts, section } from "./ports";

type Numeric = "start" | "end" | "low" | "high";

export function regionPanel(store: Store, ports: PanelPorts) {
  const title = el("div", { class: "region-title" });
  const start = el("input", { "aria-label": t("Start"), inputmode: "decimal" });
  const end = el("input", { "aria-label": t("End"), inputmode: "decimal" });
  const low = el("input", { "aria-label": t("Lowest frequency in Hz"), inputmode: "decimal", placeholder: t("unbounded") });
  const high = el("input", { "aria-label": t("Highest frequency in Hz"), inputmode: "decimal", placeholder: t("unbounded") });
  const text = el("textarea", { rows: 2, placeholder: t("Text of the region"), "aria-label": t("Text of the region"), maxlength: 20000 });
  const textProblem = el("p", { class: "bad small", role: "alert", hidden: true });
  const attributes = attributeFields(
    (id, values) => ports.changeRegion(id, { attributes: values }, "attributes"),
    () => {
      const region = grabbed(shown);
      return ports.editable() && !(region && (ports.locked(region) || store.rejected(region.id)));
    },
  );
  const words = completion(
    text,
    (typed) => {
      const region = grabbed(shown);
      return region ? completions(store.label(region.label), typed) : [];
    },
    () => commitText.later(),
  );
  const showWords = (): void => words.root.scrollIntoView({ block: "nearest" }); // does nothing to a hidden one
  text.addEventListener("input", showWords);
  text.addEventListener("focus", showWords);
  const buttons = el("div", { class: "buttons" });
  const feedback = el("p", { class: "feedback", hidden: true });
  const tier = el("select", { "aria-label": t("Tier") });
  const tierField = el("label", { class: "inline-label tier-field", hidden: true }, t("Tier"), tier);
  const endField = el("label", {}, t("End"), end);
  const times = el("div", { class: "times" }, el("label", {}, t("Start"), start), endField);
  const band = el("div", { class: "times" }, el("label", {}, t("From Hz"), low), el("label", {}, t("To Hz"), high));
  const none = el("p", { class: "muted" }, t("Drag on a lane to mark a region, or select one."));
  const several = el("div", { hidden: true });
  const together = severalFields(store, ports);
  const body = el("div", {}, title, feedback, times, band, tierField, text, words.root, textProblem, attributes.root, buttons);
  const tools = regionTools({ ...ports, chosen: () => store.selection.ids.some((id) => store.rejected(id) === null) });
  const root = section(t("Selected region"), tools.root, none, several, together.root, body);
  const grabbed = (id: string | null): Region | null => store.region(id) ?? (store.suggestion(id) ?? store.rejected(id))?.region ?? null;
  let shown: string | null = null;
  const inputs: Record<Numeric, HTMLInputElement> = { start, end, low, high };
  const shownValue = (region: Region, name: Numeric): string =>
    name === "start" || name === "end" ? clock(region[name]) : region[name] == null ? "" : decimal(Math.round(region[name]! * 10) / 10);
  const commitNumber = (name: Numeric): void => {
    const input = inputs[name];
    const region = grabbed(shown);
    if (!region || input.value === shownValue(region, name)) return; // as it was shown: rounding is no edit
    const { value, problem } = name === "start" || name === "end" ? readTime(region, name, input.value, ports, store.label(region.label)) : readFrequency(region, name, input.value, ports);
    if (problem) ports.complain(t(STAYS[name], { problem }));
    else ports.changeRegion(region.id, region.instant ? { start: value!, end: value! } : { [name]: value }, name);
    input.value = shownValue(grabbed(shown) ?? region, name);
  };
  tier.addEventListener("change", () => {
    if (shown !== null) ports.changeRegion(shown, { tier: tier.value }, "tier");
    tier.value = grabbed(shown)?.tier ?? "";
  });
  for (const name of Object.keys(inputs) as Numeric[]) inputs[name].addEventListener("change", () => commitNumber(name));
  const commitText = delayed(() => {
    const region = grabbed(shown);
    if (!region) return;
    const same = (region.text ?? "") === text.value;
    const problem = same ? null : problemOfText(store.label(region.label), text.value);
    textProblem.hidden = problem === null;
    textProblem.textContent = problem === null ? "" : `${problem} ${t("It was not kept.")}`;
    if (problem === null && !same) ports.changeRegion(region.id, { text: text.value || null }, "text");
  });
  /** What was typed belongs to the region that was shown; what was no word of its vocabulary goes, and that is said. */
  const leaveText = (): void => {
    commitText.now();
    words.close();
    if (!textProblem.hidden) ports.complain(textProblem.textContent ?? "");
    textProblem.hidden = true;
  };
  text.addEventListener("input", commitText.later);
  text.addEventListener("blur", commitText.now);
  const refresh = (): void => {
    tools.refresh();
    const region = grabbed(store.selected);
    const many = store.selection.size > 1;
    none.hidden = region !== null;
    tools.root.hidden = ports.readonly;
    root.hidden = ports.readonly && region === null;
    several.hidden = !many;
    together.refresh(many);
    body.hidden = region === null || many;
    if (!region || many) {
      leaveText();
      shown = null;
      if (many) showSeveral(several, store, ports);
      return;
    }
    const locked = ports.locked(region);
    const rejected = store.rejected(region.id);
    const suggestion = store.suggestion(region.id) ?? rejected;
    const decidable = ports.editable() && !locked;
    const editable = decidable && !rejected;
    const label = store.label(region.label);
    const length = region.instant ? "" : `${decimal(region.end - region.start, 3)} s`;
    title.replaceChildren(swatchOf(label.color), el("b", {}, label.name), el("span", { class: "muted" }, length), el("small", { class: "muted" }, locked ? `${t("Its lane is locked.")} ` : "", rejected ? `${t("rejected")}, ` : "", originOf(region, suggestion !== null, store.hidesScores)));
    const said = store.feedback(region.id);
    feedback.hidden = said?.decision !== "reject";
    feedback.textContent = said?.feedback ? t("Reviewer: {feedback}", { feedback: said.feedback }) : t("Sent back by the reviewer.");
    const other = shown !== region.id;
    if (other) leaveText();
    shown = region.id;
    for (const name of Object.keys(inputs) as Numeric[]) {
      if (other || !isFocused(inputs[name])) inputs[name].value = shownValue(region, name);
      inputs[name].disabled = !editable;
    }
    const tiers = ports.tiers();
    tierField.hidden = tiers === null || suggestion !== null;
    tier.disabled = !editable;
    const names = ["", ...(tiers ?? [])];
    if (tiers && names.join("\n") !== [...tier.options].map((one) => one.value).join("\n")) tier.replaceChildren(...names.map((name) => el("option", { value: name, hidden: !name }, name || "–")));
    tier.value = region.tier ?? "";
    endField.hidden = region.instant === true;
    band.hidden = region.instant === true || (region.low == null && region.high == null);
    text.hidden = region.instant === true;
    if (other || (!isFocused(text) && textProblem.hidden)) text.value = region.text ?? "";
    text.placeholder = t(VOCABULARY_NAMES[label.vocabulary]);
    text.disabled = !editable;
    attributes.show(region, label.attributes);
    buttons.replaceChildren(
      el("button", { type: "button", title: withKeys(t("Play the region"), "play-region"), "aria-label": t("Play the region"), onclick: () => ports.play() }, icon("play"), t("Play")),
      ...(ports.findsSimilar
        ? [el("button", { type: "button", title: withKeys(t("Find more like the selected region, in another tab"), "similar"), onclick: () => ports.act("similar") }, t("Find more like this"))]
        : []),
      ...(ports.readonly
        ? []
        : suggestion
        ? [
            el("button", { type: "button", class: "primary", disabled: !decidable, onclick: () => ports.accept([region.id]) }, icon("check"), t("Accept"), capOf("accept")),
            rejected
              ? el("button", { type: "button", disabled: !decidable, onclick: () => ports.takeBack([region.id]) }, icon("undo"), t("Take the rejection back"), capOf("reject"))
              : el("button", { type: "button", disabled: !decidable, onclick: () => ports.reject([region.id]) }, icon("cross"), t("Reject"), capOf("reject")),
          ]
        : [el("button", { type: "button", disabled: !editable, title: withKeys(t("Delete the region"), "delete"), onclick: () => ports.remove() }, icon("trash"), t("Delete"))]),
    );
  };
  const commit = (): void => {
    commitText.now();
    attributes.commit();
    for (const name of Object.keys(inputs) as Numeric[]) commitNumber(name);
  };
  /** Why what is typed as text is not kept, and for which region; null when it is. */
  const unkept = (): string | null => {
    const region = textProblem.hidden ? null : grabbed(shown);
    if (!region) return null;
    text.focus();
    return t("{label} at {time}: {problem} Change its text, then submit again.", { label: store.label(region.label).name, time: clock(region.start), problem: problemOfText(store.label(region.label), text.value) ?? "" });
  };
  return { root, refresh, focus: () => text.focus(), commit, unkept };
}

const STAYS: Record<Numeric, string> = {
  start: msg("Start stays as it was. {problem}"),
  end: msg("End stays as it was. {problem}"),
  low: msg("The lowest frequency stays as it was. {problem}"),
  high: msg("The highest frequency stays as it was. {problem}"),
};

function swatchOf(color: string): HTMLElement {
  const swatch = el("i", { class: "swatch" });
  swatch.style.background = color;
  return swatch;
}

function originOf(region: Region, suggested: boolean, unscored: boolean): string {
  if (region.origin.by) return region.origin.by;
  const origin = region.origin.model ? `${region.origin.model} ${region.origin.version ?? ""}` : "";
  if (suggested && unscored) return t("suggested by {model}", { model: origin });
  if (suggested) return t("suggested by {model}, {score}", { model: origin, score: percent(region.origin.score ?? 0) });
  if (!origin) return "";
  if (region.origin.kind === "human") return t("copy of what {model} suggested", { model: origin });
  return region.origin.edited ? t("edited, from {model}", { model: origin }) : t("accepted from {model}", { model: origin });
}

/** What can be done to several regions at once; a label of the palette relabels them. */
function showSeveral(root: HTMLElement, store: Store, ports: PanelPorts): void {
  const { ids } = store.selection;
  const suggested = ids.filter((id) => store.suggestion(id) !== null);
  const editable = ports.editable();
  root.replaceChildren(
    el("p", {}, el("b", {}, plural(ids.length, "{count} selected", "{count} selected")), suggested.length ? ` (${plural(suggested.length, "{count} suggestion", "{count} suggestions")})` : ""),
    el("p", { class: "muted" }, t("Pick a label to relabel them. Drag one to move all.")),
    el(
      "div",
      { class: "buttons" },
      ...(suggested.length
        ? [
            el("button", { type: "button", class: "primary", disabled: !editable, onclick: () => ports.accept(suggested) }, icon("check"), t("Accept {count}", { count: suggested.length }), capOf("accept")),
            el("button", { type: "button", disabled: !editable, onclick: () => ports.reject(suggested) }, icon("cross"), t("Reject"), capOf("reject")),
          ]
        : [el("button", { type: "button", disabled: !editable, onclick: () => ports.merge() }, t("Join"), capOf("merge"))]),
      el("button", { type: "button", disabled: !editable, onclick: () => ports.remove() }, icon("trash"), t("Delete")),
    ),
  );
}

function readFrequency(region: Region, name: "low" | "high", typed: string, ports: PanelPorts): Read {
  if (!typed.trim()) return { value: null, problem: "" };
  const value = typedNumber(typed);
  const lowest = name === "low" ? 0 : (region.low ?? 0);
  const highest = name === "low" ? (region.high ?? ports.highest) : ports.highest;
  const fits = value !== null && value >= lowest && value <= highest;
  return { value, problem: fits ? "" : t("Type a number of Hz between {lowest} and {highest}, or nothing.", { lowest: decimal(lowest), highest: decimal(highest) }) };
}
