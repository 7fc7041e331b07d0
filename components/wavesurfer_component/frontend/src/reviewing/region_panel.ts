/** The panel of the selected region in a review: right or wrong, and what is wrong with it. */
import type { Label } from "../api/answers";
import { el, icon } from "../dom";
import type { Region } from "../editing/document";
import { clock } from "../engine/time";
import { t } from "../i18n";
import { capOf } from "../panels/key_hints";
import type { Decisions } from "./decisions";

export interface RegionPanelPorts {
  label(id: string): Label;
  decide(decision: "approve" | "reject"): void;
  play(): void;
  /** Something was typed about the region. */
  typed(): void;
}

export class RegionDecisionPanel {
  readonly root = el("section", { class: "panel" });

  constructor(
    private readonly decisions: Decisions,
    private readonly ports: RegionPanelPorts,
  ) {}

  show(region: Region | null): void {
    const title = el("h3", {}, t("Selected region"));
    if (!region) {
      const hint = t("Select a region to decide on it alone. Regions you leave alone follow the whole.");
      return this.root.replaceChildren(title, el("p", { class: "muted" }, hint));
    }
    const { ports, decisions } = this;
    const label = ports.label(region.label);
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = label.color;
    const approve = el("button", { type: "button", onclick: () => ports.decide("approve") }, icon("check"), t("Right"), capOf("approve-region"));
    const reject = el("button", { type: "button", onclick: () => ports.decide("reject") }, icon("cross"), t("Wrong"), capOf("reject-region"));
    const mark = (): void => {
      approve.classList.toggle("chosen", decisions.of(region.id)?.decision === "approve");
      reject.classList.toggle("chosen", decisions.of(region.id)?.decision === "reject");
    };
    const note = el("textarea", { rows: 2, placeholder: t("What is wrong with this region"), "aria-label": t("Feedback on the region") });
    note.value = decisions.of(region.id)?.feedback ?? "";
    note.addEventListener("input", () => {
      decisions.complain(region.id, note.value);
      mark();
      ports.typed();
    });
    mark();
    this.root.replaceChildren(
      title,
      el("div", { class: "region-title" }, swatch, el("b", {}, label.name), el("span", { class: "muted number" }, `${clock(region.start)} – ${clock(region.end)}`)),
      el("p", {}, region.text ?? ""),
      el("div", { class: "buttons tight" }, el("button", { type: "button", onclick: () => ports.play() }, icon("play"), t("Play")), approve, reject),
      note,
    );
  }

  focusNote(): void {
    this.root.querySelector("textarea")?.focus();
  }
}
