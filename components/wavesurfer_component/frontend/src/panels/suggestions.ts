/** Asking models, and deciding on what they suggest by score. */
import { el, icon } from "../dom";
import type { Store } from "../editing/store";
import { type PanelPorts, section } from "./ports";

export function suggestionPanel(store: Store, ports: PanelPorts) {
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
