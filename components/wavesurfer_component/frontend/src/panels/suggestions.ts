/** Asking models, and deciding on what they suggest: by score, by label, one by one. */
import { el, icon } from "../dom";
import { scoreOfTag } from "../editing/deciding";
import type { Store } from "../editing/store";
import { decimal, t } from "../i18n";
import { Histogram } from "./histogram";
import { hinted } from "./key_hints";
import { type PanelPorts, section } from "./ports";

/** An open suggestion, a region or a tag of the clip. */
interface Open {
  label: string;
  score: number;
}

function openOf(store: Store): Open[] {
  return [
    ...store.suggestions().map(({ region }) => ({ label: region.label, score: region.origin.score ?? 0 })),
    ...store.suggestedTags().map(({ tag }) => ({ label: tag.label, score: scoreOfTag(tag) })),
  ];
}

export function suggestionPanel(store: Store, ports: PanelPorts) {
  const model = el("select", { "aria-label": t("Model") });
  for (const one of ports.models) model.append(el("option", { value: one.model, title: one.description }, one.name));
  const ask = hinted(el("button", { type: "button", onclick: () => ports.predict(model.value, false) }, icon("spark"), t("Predict")), t("Ask the model about the whole task"), "predict");
  const part = hinted(el("button", { type: "button", onclick: () => ports.predict(model.value, true) }, t("Selection")), t("Ask the model about the selected region, or about what is in view"), "predict-selection");
  const bar = el("progress", { max: 1, value: 0, "aria-label": t("Progress of the prediction") });
  const says = el("span", { class: "muted", role: "status" });
  const cancel = el("button", { type: "button", onclick: () => ports.cancelPrediction() }, t("Cancel"));
  const progress = el("div", { class: "progress", hidden: true }, bar, says, cancel);
  const problem = el("p", { class: "bad", role: "alert", hidden: true });
  const notes = el("p", { class: "muted small", hidden: true });
  const slider = el("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": t("Lowest score") });
  const value = el("b", { class: "number" });
  const histogram = new Histogram();
  const all = el("button", { type: "button", class: "primary", onclick: () => ports.act("accept-all") });
  const none = el("button", { type: "button", onclick: () => ports.act("reject-above") });
  const below = hinted(el("button", { type: "button", onclick: () => ports.act("reject-below") }), t("Reject all below the threshold"), "reject-below");
  const groups = el("div", { class: "buttons tight by-score" }, all, none, below);
  const labels = el("div", { class: "buttons by-label" });
  const lanes = el("select", { "aria-label": t("Lanes of suggestions"), title: t("Suggestions in the lanes of their labels, or each model in a lane of its own") });
  lanes.append(el("option", { value: "" }, t("by label")), el("option", { value: "apart" }, t("by model")));
  lanes.addEventListener("change", () => ports.setModelsApart(lanes.value === "apart"));
  const lanesField = el("label", { class: "inline-label" }, t("Lanes"), lanes);
  const byScore = el("label", {}, t("Score from"), slider);
  const choose = el("div", { class: "threshold", hidden: true }, histogram.canvas, byScore, value, groups, labels, lanesField);
  const blind = hinted(el("button", { type: "button", class: "blind", onclick: () => ports.act("hide-suggestions") }), t("Hide or show suggestions"), "hide-suggestions");
  const scores = el("button", { type: "button", title: t("Suggestions with their labels alone, so that no score sways you"), onclick: () => ports.toggleScores() });
  const rejected = hinted(el("button", { type: "button", onclick: () => ports.act("show-rejected") }), t("Show rejected suggestions, to take rejections back, or hide them"), "show-rejected");
  const asking = el("div", { class: "buttons" }, model, ask, part, blind, scores, rejected);
  const withheld = el("p", { class: "muted" });
  const reveal = el("button", { type: "button", onclick: () => ports.declareFirstPass() }, t("Show suggestions"));
  const root = section(ports.readonly ? t("What models said") : t("Suggestions"), withheld, reveal, asking, progress, problem, choose, notes);
  slider.addEventListener("input", () => {
    store.threshold = Number(slider.value);
    ports.thresholdMoved();
  });
  const refresh = (): void => {
    const job = ports.job();
    const reason = ports.withheld();
    root.hidden = reason === null && !ports.models.length && !store.predictions.length;
    if (ports.people) root.hidden = true; // their lanes say all
    groups.hidden = ports.readonly;
    withheld.hidden = reason === null;
    withheld.textContent = reason ?? "";
    reveal.hidden = !ports.asksForFirstPass();
    reveal.disabled = !ports.editable();
    asking.hidden = reason !== null;
    model.hidden = ports.models.length < 2;
    ask.hidden = part.hidden = !ports.models.length;
    ask.disabled = part.disabled = !ports.editable() || job !== null || !ports.models.length;
    progress.hidden = job === null;
    if (job) {
      bar.value = job.progress;
      says.textContent = job.state === "queued" ? t("Waiting for the worker") : job.message;
    }
    problem.hidden = !ports.jobProblem();
    problem.textContent = ports.jobProblem();
    const open = openOf(store);
    lanesField.hidden = store.predictions.length === 0;
    lanes.value = ports.modelsApart() ? "apart" : "";
    blind.hidden = open.length === 0;
    blind.textContent = store.hidesSuggestions ? t("Show") : t("Hide");
    scores.hidden = store.predictions.length === 0;
    const refused = store.rejectedCount;
    rejected.hidden = refused === 0 || store.hidesSuggestions;
    rejected.textContent = store.showsRejected ? t("Hide rejected") : t("Rejected: {count}", { count: refused });
    scores.textContent = store.hidesScores ? t("Show scores") : t("Hide scores");
    histogram.canvas.hidden = byScore.hidden = value.hidden = store.hidesScores;
    choose.hidden = open.length === 0 || store.hidesSuggestions;
    if (!choose.hidden) showChoice(open);
    const newest = store.predictions[0];
    const lines = newest ? [`${newest.model_name} ${newest.version}${newest.license ? ` · ${newest.license}` : ""}`, ...newest.notes] : [];
    notes.hidden = lines.length === 0;
    notes.textContent = lines.join(" — ");
  };
  const showChoice = (open: readonly Open[]): void => {
    const above = open.filter(({ score }) => score >= store.threshold);
    histogram.draw(open.map(({ score }) => score), store.threshold);
    slider.value = String(store.threshold);
    value.textContent = decimal(store.threshold, 2);
    const editable = ports.editable();
    hinted(all, store.hidesScores ? t("Accept all") : t("Accept all from the threshold on"), "accept-all");
    all.textContent = t("Accept {count}", { count: above.length });
    hinted(none, store.hidesScores ? t("Reject all") : t("Reject all from the threshold on"), "reject-above");
    none.textContent = t("Reject {count}", { count: above.length });
    all.disabled = none.disabled = !editable || above.length === 0;
    const left = open.length - above.length;
    below.textContent = t("Reject {count} below", { count: left });
    below.hidden = left === 0;
    below.disabled = !editable;
    const byLabel = new Map<string, number>();
    for (const { label } of above) byLabel.set(label, (byLabel.get(label) ?? 0) + 1);
    labels.hidden = ports.readonly || byLabel.size < 2;
    labels.replaceChildren(...[...byLabel].map(([id, count]) => labelButtons(id, count)));
  };
  const labelButtons = (id: string, count: number): HTMLElement => {
    const { name: label, color } = store.label(id);
    const disabled = !ports.editable();
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = color;
    const accepts = store.hidesScores ? t("Accept all of {label}", { label }) : t("Accept all of {label} from the threshold on", { label });
    const rejects = store.hidesScores ? t("Reject all of {label}", { label }) : t("Reject all of {label} from the threshold on", { label });
    return el(
      "span",
      { class: "joined" },
      el("button", { type: "button", disabled, title: accepts, onclick: () => ports.acceptLabel(id) }, swatch, `${label} ${count}`),
      el("button", { type: "button", disabled, title: rejects, "aria-label": rejects, onclick: () => ports.rejectLabel(id) }, icon("cross")),
    );
  };
  return { root, refresh, chosen: () => model.value };
}
