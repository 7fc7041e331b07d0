/** The panels beside the stage: labels, clip tags, caption, suggestions and the selected region. */
import type { Job, Project, ProjectModel } from "./api";
import type { Region } from "./document";
import { el, icon, kbd } from "./dom";
import { isFreeKey } from "./keys";
import type { Store } from "./store";
import { clock, parseClock } from "./time";
import { button } from "./transport";

export interface PanelPorts {
  editable(): boolean;
  activeLabel(): string;
  pickLabel(id: string): void;
  accept(id: string): void;
  reject(id: string): void;
  remove(): void;
  play(): void;
  changeRegion(changes: Partial<Region>, key: string): void;
  acceptTag(prediction: string, label: string): void;
  rejectItem(prediction: string, item: string): void;
  acceptCaption(): void;
  acceptAll(): void;
  thresholdMoved(): void;
  predict(model: string): void;
  cancelPrediction(): void;
  models: ProjectModel[];
  job(): Job | null;
  jobProblem(): string;
  clampTime(seconds: number): number;
}

export interface Panel {
  sections: HTMLElement[];
  refresh(): void;
  focusText(): void;
  /** Make an edit of what was typed and is not one yet. */
  commit(): void;
  chosenModel(): string;
}

const SEARCH_FROM = 12;
const TYPING_MS = 400;

export function capturePanel(project: Project, store: Store, ports: PanelPorts): Panel {
  const labels = labelPalette(project, ports);
  const tags = project.controls.tags ? tagPanel(project, store, ports) : null;
  const caption = project.controls.caption ? captionPanel(store, ports) : null;
  const suggestions = suggestionPanel(store, ports);
  const region = regionPanel(store, ports);
  const parts = [suggestions, labels, region, tags, caption].filter((part) => part !== null);
  return {
    sections: parts.map((part) => part.root),
    refresh: () => parts.forEach((part) => part.refresh()),
    focusText: () => region.focus(),
    commit: () => {
      region.commit();
      caption?.commit();
    },
    chosenModel: () => suggestions.chosen(),
  };
}

function section(title: string, ...children: (Node | string)[]): HTMLElement {
  return el("section", { class: "panel" }, el("h3", {}, title), ...children);
}

function labelPalette(project: Project, ports: PanelPorts) {
  const list = el("div", { class: "palette", role: "radiogroup", "aria-label": "Label for new regions" });
  const search = el("input", { type: "search", placeholder: "Find a label", "aria-label": "Find a label" });
  const root = section("Labels", ...(project.labels.length > SEARCH_FROM ? [search] : []), list);
  const refresh = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const shown = project.labels.filter((label) => !wanted || label.name.toLowerCase().includes(wanted));
    list.replaceChildren(
      ...shown.map((label) => {
        const swatch = el("i", { class: "swatch" });
        swatch.style.background = label.color;
        const chosen = label.id === ports.activeLabel();
        return el(
          "button",
          {
            type: "button",
            role: "radio",
            "aria-checked": chosen,
            class: chosen ? "chosen" : "",
            title: label.description || label.name,
            onclick: () => ports.pickLabel(label.id),
          },
          swatch,
          el("span", { class: "name" }, label.name),
          label.key && isFreeKey(label.key) ? kbd(label.key) : null,
        );
      }),
    );
    if (!shown.length) list.append(el("p", { class: "muted" }, "No label of this name."));
  };
  search.addEventListener("input", refresh);
  search.addEventListener("keydown", (event) => {
    const first = list.querySelector("button");
    if (event.key === "Enter") first?.click();
  });
  return { root, refresh };
}

function tagPanel(project: Project, store: Store, ports: PanelPorts) {
  const chips = el("div", { class: "chips" });
  const choice = el("select", { "aria-label": "Add a tag for the whole clip" });
  const root = section("Tags of the clip", chips, choice);
  choice.addEventListener("change", () => {
    const label = choice.value;
    if (label) store.edit([store.put("tags", label, { label, origin: { kind: "human" } })]);
  });
  const refresh = (): void => {
    const editable = ports.editable();
    const present = store.tags;
    const suggested = store.suggestedTags();
    chips.replaceChildren(
      ...present.map((tag) => {
        const name = store.label(tag.label).name;
        const remove = button(`Remove the tag ${name}`, () => store.edit([store.put("tags", tag.label, null)]), icon("cross"));
        return el("span", { class: "chip" }, name, editable ? remove : null);
      }),
      ...suggested.map(({ prediction, tag }) => {
        const name = store.label(tag.label).name;
        return el(
          "span",
          { class: "chip suggested", title: `${prediction.model_name} ${prediction.version}` },
          `${name} ${Math.round((tag.score ?? 0) * 100)}%`,
          editable ? button(`Accept the tag ${name}`, () => ports.acceptTag(prediction.id, tag.label), icon("check")) : null,
          editable ? button(`Reject the tag ${name}`, () => ports.rejectItem(prediction.id, `tag:${tag.label}`), icon("cross")) : null,
        );
      }),
    );
    if (!present.length && !suggested.length) chips.append(el("span", { class: "muted" }, "None yet."));
    const free = project.labels.filter((label) => !present.some((tag) => tag.label === label.id));
    choice.replaceChildren(el("option", { value: "" }, "Add a tag…"), ...free.map((label) => el("option", { value: label.id }, label.name)));
    choice.disabled = !editable || !free.length;
  };
  return { root, refresh };
}

function captionPanel(store: Store, ports: PanelPorts) {
  const text = el("textarea", { rows: 3, placeholder: "Describe what is heard", "aria-label": "Caption of the clip", maxlength: 20000 });
  const suggestion = el("div", { class: "suggestion-box", hidden: true });
  const root = section("Caption", text, suggestion);
  const commit = delayed(() => {
    const present = store.caption;
    if ((present?.text ?? "") === text.value) return;
    const origin = present?.origin.kind === "model" ? { ...present.origin, edited: true } : { kind: "human" as const };
    store.edit([store.put("caption", "caption", text.value.trim() ? { text: text.value, origin } : null)], "caption");
  });
  text.addEventListener("input", commit.later);
  text.addEventListener("blur", commit.now);
  const refresh = (): void => {
    text.disabled = !ports.editable();
    if (!isFocused(text)) text.value = store.caption?.text ?? "";
    const found = store.suggestedCaption();
    suggestion.hidden = found === null;
    if (found) {
      suggestion.replaceChildren(
        el("p", {}, found.caption.text),
        el("small", { class: "muted" }, `${found.prediction.model_name} ${found.prediction.version}`),
        el(
          "div",
          { class: "buttons" },
          el("button", { type: "button", disabled: !ports.editable(), onclick: () => ports.acceptCaption() }, "Accept"),
          el("button", { type: "button", disabled: !ports.editable(), onclick: () => ports.rejectItem(found.prediction.id, "caption") }, "Reject"),
        ),
      );
    }
  };
  return { root, refresh, commit: commit.now };
}

function suggestionPanel(store: Store, ports: PanelPorts) {
  const model = el("select", { "aria-label": "Model" });
  for (const one of ports.models) model.append(el("option", { value: one.model, title: one.description }, one.name));
  const ask = el("button", { type: "button", title: "Ask the model (P)", onclick: () => ports.predict(model.value) }, icon("spark"), "Predict");
  const bar = el("progress", { max: 1, value: 0, "aria-label": "Progress of the prediction" });
  const says = el("span", { class: "muted", role: "status" });
  const cancel = el("button", { type: "button", onclick: () => ports.cancelPrediction() }, "Cancel");
  const progress = el("div", { class: "progress", hidden: true }, bar, says, cancel);
  const problem = el("p", { class: "bad", role: "alert", hidden: true });
  const notes = el("p", { class: "muted small", hidden: true });
  const slider = el("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "Lowest score" });
  const value = el("b", { class: "number" });
  const all = el("button", { type: "button", class: "primary", title: "Accept all from the threshold on (Shift + A)", onclick: () => ports.acceptAll() });
  const choose = el("div", { class: "threshold", hidden: true }, el("label", {}, "Score from ", slider), value, all);
  const root = section("Suggestions", el("div", { class: "buttons" }, model, ask), progress, problem, choose, notes);
  slider.addEventListener("input", () => {
    store.threshold = Number(slider.value);
    ports.thresholdMoved();
  });
  const refresh = (): void => {
    const job = ports.job();
    root.hidden = !ports.models.length && !store.predictions.length;
    model.hidden = ports.models.length < 2;
    ask.disabled = !ports.editable() || job !== null || !ports.models.length;
    progress.hidden = job === null;
    if (job) {
      bar.value = job.progress;
      says.textContent = job.state === "queued" ? "Waiting for the worker" : job.message;
    }
    problem.hidden = !ports.jobProblem();
    problem.textContent = ports.jobProblem();
    const open = store.suggestions();
    const above = open.filter(({ region }) => (region.origin.score ?? 0) >= store.threshold).length;
    choose.hidden = open.length === 0;
    slider.value = String(store.threshold);
    value.textContent = store.threshold.toFixed(2);
    all.textContent = `Accept ${above}`;
    all.disabled = !ports.editable() || above === 0;
    const newest = store.predictions[0];
    const lines = newest ? [`${newest.model_name} ${newest.version}${newest.license ? ` · ${newest.license}` : ""}`, ...newest.notes] : [];
    notes.hidden = lines.length === 0;
    notes.textContent = lines.join(" — ");
  };
  return { root, refresh, chosen: () => model.value };
}

function regionPanel(store: Store, ports: PanelPorts) {
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
  const commitTime = (name: "start" | "end", input: HTMLInputElement): void => {
    const region = selected();
    const seconds = parseClock(input.value);
    if (!region || seconds === null) return refresh();
    const clamped = ports.clampTime(seconds);
    const fits = name === "start" ? clamped < region.end : clamped > region.start;
    if (fits && clamped !== region[name]) ports.changeRegion({ [name]: clamped }, name);
    else refresh();
  };
  for (const [name, input] of [["start", start], ["end", end]] as const) {
    input.addEventListener("change", () => commitTime(name, input));
  }
  const commitText = delayed(() => {
    const region = selected();
    if (region && (region.text ?? "") !== text.value) ports.changeRegion({ text: text.value || null }, "text");
  });
  text.addEventListener("input", commitText.later);
  text.addEventListener("blur", commitText.now);
  const selected = (): Region | null => store.region(store.selected) ?? store.suggestion(store.selected)?.region ?? null;
  let shown: string | null = null;
  const refresh = (): void => {
    const region = selected();
    none.hidden = region !== null;
    body.hidden = region === null;
    if (!region) {
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
  return { root, refresh, focus: () => text.focus(), commit: commitText.now };
}

/** Call a little after the last change; `now` does not wait for it, and does nothing when there was none. */
function delayed(action: () => void): { later: () => void; now: () => void } {
  let timer = 0;
  const now = (): void => {
    if (!timer) return;
    window.clearTimeout(timer);
    timer = 0;
    action();
  };
  return {
    now,
    later: () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(now, TYPING_MS);
    },
  };
}

function isFocused(element: HTMLElement): boolean {
  const root = element.getRootNode() as Document | ShadowRoot;
  return root.activeElement === element;
}
