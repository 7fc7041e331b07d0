/** What is selected: one region with its label, times, band, text, attributes and what a reviewer said; or how many. */
import { el, icon, kbd } from "../dom";
import type { Region } from "../editing/document";
import type { Store } from "../editing/store";
import { clock, parseClock } from "../engine/time";
import { t } from "../i18n";
import { problemOfText, VOCABULARY_NAMES } from "../engine/vocabularies";
import { attributeFields } from "./attributes";
import { delayed, isFocused, type PanelPorts, section } from "./ports";

type Numeric = "start" | "end" | "low" | "high";

export function regionPanel(store: Store, ports: PanelPorts) {
  const title = el("div", { class: "region-title" });
  const start = el("input", { "aria-label": "Start", inputmode: "decimal" });
  const end = el("input", { "aria-label": "End", inputmode: "decimal" });
  const low = el("input", { "aria-label": "Lowest frequency in Hz", inputmode: "decimal", placeholder: "unbounded" });
  const high = el("input", { "aria-label": "Highest frequency in Hz", inputmode: "decimal", placeholder: "unbounded" });
  const text = el("textarea", { rows: 2, placeholder: "Text of the region", "aria-label": "Text of the region", maxlength: 20000 });
  const textProblem = el("p", { class: "bad small", role: "alert", hidden: true });
  const attributes = attributeFields((id, values) => ports.changeRegion(id, { attributes: values }, "attributes"), ports.editable);
  const buttons = el("div", { class: "buttons" });
  const feedback = el("p", { class: "feedback", hidden: true });
  const tier = el("select", { "aria-label": t("Tier") });
  const tierField = el("label", { class: "inline-label tier-field", hidden: true }, t("Tier"), tier);
  const endField = el("label", {}, "End", end);
  const times = el("div", { class: "times" }, el("label", {}, "Start", start), endField);
  const band = el("div", { class: "times" }, el("label", {}, "From Hz", low), el("label", {}, "To Hz", high));
  const none = el("p", { class: "muted" }, "Drag on a lane to mark a region, or select one.");
  const several = el("div", { hidden: true });
  const body = el("div", {}, title, feedback, times, band, tierField, text, textProblem, attributes.root, buttons);
  const root = section("Selected region", none, several, body);
  const grabbed = (id: string | null): Region | null => store.region(id) ?? store.suggestion(id)?.region ?? null;
  let shown: string | null = null;
  const inputs: Record<Numeric, HTMLInputElement> = { start, end, low, high };
  const shownValue = (region: Region, name: Numeric): string =>
    name === "start" || name === "end" ? clock(region[name]) : region[name] == null ? "" : String(Math.round(region[name]! * 10) / 10);
  const commitNumber = (name: Numeric): void => {
    const input = inputs[name];
    const region = grabbed(shown);
    if (!region || input.value === shownValue(region, name)) return; // as it was shown: rounding is no edit
    const { value, problem } = name === "start" || name === "end" ? readTime(region, name, input.value, ports) : readFrequency(region, name, input.value, ports);
    if (problem) ports.complain(`${NAMES[name]} stays as it was. ${problem}`);
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
    if (!region || (region.text ?? "") === text.value) return;
    const problem = problemOfText(store.label(region.label).vocabulary, text.value);
    textProblem.hidden = problem === null;
    textProblem.textContent = problem === null ? "" : `${problem} ${t("It was not kept.")}`;
    if (problem === null) ports.changeRegion(region.id, { text: text.value || null }, "text");
  });
  text.addEventListener("input", commitText.later);
  text.addEventListener("blur", commitText.now);
  const refresh = (): void => {
    const region = grabbed(store.selected);
    const many = store.selection.size > 1;
    none.hidden = region !== null;
    several.hidden = !many;
    body.hidden = region === null || many;
    if (!region || many) {
      commitText.now();
      shown = null;
      if (many) showSeveral(several, store, ports);
      return;
    }
    const editable = ports.editable();
    const suggestion = store.suggestion(region.id);
    const label = store.label(region.label);
    const length = region.instant ? "" : `${(region.end - region.start).toFixed(3)} s`;
    title.replaceChildren(swatchOf(label.color), el("b", {}, label.name), el("span", { class: "muted" }, length), el("small", { class: "muted" }, originOf(region, suggestion !== null)));
    const said = store.feedback(region.id);
    feedback.hidden = said?.decision !== "reject";
    feedback.textContent = said?.feedback ? `Reviewer: ${said.feedback}` : "Sent back by the reviewer.";
    const other = shown !== region.id;
    if (other) {
      commitText.now(); // what was typed belongs to the region that was shown
      textProblem.hidden = true;
    }
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
    text.placeholder = VOCABULARY_NAMES[label.vocabulary];
    text.disabled = !editable;
    attributes.show(region, label.attributes);
    buttons.replaceChildren(
      el("button", { type: "button", title: "Play the region (Shift + Space)", onclick: () => ports.play() }, icon("play"), "Play"),
      ...(suggestion
        ? [
            el("button", { type: "button", class: "primary", disabled: !editable, onclick: () => ports.accept([region.id]) }, icon("check"), "Accept", kbd("A")),
            el("button", { type: "button", disabled: !editable, onclick: () => ports.reject([region.id]) }, icon("cross"), "Reject", kbd("R")),
          ]
        : [el("button", { type: "button", disabled: !editable, title: "Delete the region (Del)", onclick: () => ports.remove() }, icon("trash"), "Delete")]),
    );
  };
  const commit = (): void => {
    commitText.now();
    attributes.commit();
    for (const name of Object.keys(inputs) as Numeric[]) commitNumber(name);
  };
  return { root, refresh, focus: () => text.focus(), commit };
}

const NAMES: Record<Numeric, string> = { start: "Start", end: "End", low: "The lowest frequency", high: "The highest frequency" };

function swatchOf(color: string): HTMLElement {
  const swatch = el("i", { class: "swatch" });
  swatch.style.background = color;
  return swatch;
}

function originOf(region: Region, suggested: boolean): string {
  const origin = region.origin.kind === "model" ? `${region.origin.model} ${region.origin.version ?? ""}` : "";
  if (suggested) return `suggested by ${origin}, ${Math.round((region.origin.score ?? 0) * 100)}%`;
  return origin ? `${region.origin.edited ? "edited, from" : "accepted from"} ${origin}` : "";
}

/** What can be done to several regions at once; a label of the palette relabels them. */
function showSeveral(root: HTMLElement, store: Store, ports: PanelPorts): void {
  const { ids } = store.selection;
  const suggested = ids.filter((id) => store.suggestion(id) !== null);
  const editable = ports.editable();
  root.replaceChildren(
    el("p", {}, el("b", {}, `${ids.length} selected`), suggested.length ? `, ${suggested.length} of them suggestions` : ""),
    el("p", { class: "muted" }, "Pick a label to relabel them. Drag one to move all."),
    el(
      "div",
      { class: "buttons" },
      ...(suggested.length
        ? [
            el("button", { type: "button", class: "primary", disabled: !editable, onclick: () => ports.accept(suggested) }, icon("check"), `Accept ${suggested.length}`, kbd("A")),
            el("button", { type: "button", disabled: !editable, onclick: () => ports.reject(suggested) }, icon("cross"), "Reject", kbd("R")),
          ]
        : [el("button", { type: "button", disabled: !editable, onclick: () => ports.merge() }, "Join", kbd("M"))]),
      el("button", { type: "button", disabled: !editable, onclick: () => ports.remove() }, icon("trash"), "Delete"),
    ),
  );
}

interface Read {
  value: number | null;
  problem: string;
}

function readTime(region: Region, name: "start" | "end", typed: string, ports: PanelPorts): Read {
  const value = parseClock(typed);
  if (value === null) return { value, problem: "Type a time such as 12.5, 1:02.5 or 1:01:02.5." };
  const lowest = name === "start" ? ports.first : region.start;
  const highest = name === "start" && !region.instant ? region.end : ports.last;
  const fits = value >= lowest && value <= highest && (region.instant || value !== region[name === "start" ? "end" : "start"]);
  return { value, problem: fits ? "" : `It must lie between ${clock(lowest)} and ${clock(highest)}.` };
}

function readFrequency(region: Region, name: "low" | "high", typed: string, ports: PanelPorts): Read {
  if (!typed.trim()) return { value: null, problem: "" };
  const value = Number(typed.trim().replace(",", "."));
  const lowest = name === "low" ? 0 : (region.low ?? 0);
  const highest = name === "low" ? (region.high ?? ports.highest) : ports.highest;
  const fits = Number.isFinite(value) && value >= lowest && value <= highest;
  return { value, problem: fits ? "" : `Type a number of Hz between ${lowest} and ${highest}, or nothing.` };
}
