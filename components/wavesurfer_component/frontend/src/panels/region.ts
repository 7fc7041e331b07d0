/** The selected region: its label, times, text, origin and what a reviewer said. */
import { el, icon, kbd } from "../dom";
import type { Region } from "../editing/document";
import type { Store } from "../editing/store";
import { clock, parseClock } from "../engine/time";
import { delayed, isFocused, type PanelPorts, section } from "./ports";

export function regionPanel(store: Store, ports: PanelPorts) {
  const title = el("div", { class: "region-title" });
  const start = el("input", { "aria-label": "Start", inputmode: "decimal" });
  const end = el("input", { "aria-label": "End", inputmode: "decimal" });
  const text = el("textarea", { rows: 2, placeholder: "Text of the region", "aria-label": "Text of the region", maxlength: 20000 });
  const buttons = el("div", { class: "buttons" });
  const feedback = el("p", { class: "feedback", hidden: true });
  const times = el("div", { class: "times" }, el("label", {}, "Start", start), el("label", {}, "End", end));
  const none = el("p", { class: "muted" }, "Drag on a lane to mark a region, or select one.");
  const body = el("div", {}, title, feedback, times, text, buttons);
  const root = section("Selected region", none, body);
  const grabbed = (id: string | null): Region | null => store.region(id) ?? store.suggestion(id)?.region ?? null;
  let shown: string | null = null;
  const commitTime = (name: "start" | "end", input: HTMLInputElement): void => {
    const region = grabbed(shown);
    if (!region || input.value === clock(region[name])) return; // as it was shown: rounding is no edit
    const seconds = parseClock(input.value);
    const problem = seconds === null ? "Type a time such as 12.5, 1:02.5 or 1:01:02.5." : outside(region, name, seconds, ports);
    if (problem || seconds === null) ports.complain(`${name === "start" ? "Start" : "End"} stays as it was. ${problem}`);
    else ports.changeRegion(region.id, { [name]: seconds }, name);
    input.value = clock(grabbed(shown)?.[name] ?? region[name]);
  };
  for (const [name, input] of [["start", start], ["end", end]] as const) {
    input.addEventListener("change", () => commitTime(name, input));
  }
  const commitText = delayed(() => {
    const region = grabbed(shown);
    if (region && (region.text ?? "") !== text.value) ports.changeRegion(region.id, { text: text.value || null }, "text");
  });
  text.addEventListener("input", commitText.later);
  text.addEventListener("blur", commitText.now);
  const refresh = (): void => {
    const region = grabbed(store.selected);
    none.hidden = region !== null;
    body.hidden = region === null;
    if (!region) {
      commitText.now();
      shown = null;
      return;
    }
    const editable = ports.editable();
    const suggestion = store.suggestion(region.id);
    const label = store.label(region.label);
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = label.color;
    const origin = region.origin.kind === "model" ? `${region.origin.model} ${region.origin.version ?? ""}` : "";
    const how = suggestion
      ? `suggested by ${origin}, ${Math.round((region.origin.score ?? 0) * 100)}%`
      : origin
        ? `${region.origin.edited ? "edited, from" : "accepted from"} ${origin}`
        : "";
    title.replaceChildren(swatch, el("b", {}, label.name), el("span", { class: "muted" }, `${(region.end - region.start).toFixed(3)} s`), el("small", { class: "muted" }, how));
    const said = store.feedback(region.id);
    feedback.hidden = said?.decision !== "reject";
    feedback.textContent = said?.feedback ? `Reviewer: ${said.feedback}` : "Sent back by the reviewer.";
    const other = shown !== region.id;
    if (other) commitText.now(); // what was typed belongs to the region that was shown
    shown = region.id;
    if (other || !isFocused(start)) start.value = clock(region.start);
    if (other || !isFocused(end)) end.value = clock(region.end);
    if (other || !isFocused(text)) text.value = region.text ?? "";
    start.disabled = end.disabled = text.disabled = !editable;
    buttons.replaceChildren(
      el("button", { type: "button", title: "Play the region (Shift + Space)", onclick: () => ports.play() }, icon("play"), "Play"),
      ...(suggestion
        ? [
            el("button", { type: "button", class: "primary", disabled: !editable, onclick: () => ports.accept(region.id) }, icon("check"), "Accept", kbd("A")),
            el("button", { type: "button", disabled: !editable, onclick: () => ports.reject(region.id) }, icon("cross"), "Reject", kbd("R")),
          ]
        : [el("button", { type: "button", disabled: !editable, title: "Delete the region (Del)", onclick: () => ports.remove() }, icon("trash"), "Delete")]),
    );
  };
  const commit = (): void => {
    commitText.now();
    commitTime("start", start);
    commitTime("end", end);
  };
  return { root, refresh, focus: () => text.focus(), commit };
}

/** Why an edge cannot be put there, or nothing. */
function outside(region: Region, name: "start" | "end", seconds: number, ports: PanelPorts): string {
  const lowest = name === "start" ? ports.first : region.start;
  const highest = name === "start" ? region.end : ports.last;
  const fits = seconds >= lowest && seconds <= highest && seconds !== region[name === "start" ? "end" : "start"];
  return fits ? "" : `It must lie between ${clock(lowest)} and ${clock(highest)}.`;
}
