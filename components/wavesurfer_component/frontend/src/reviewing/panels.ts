/** The panels of a review that do not change: what the clip has, and what earlier reviews said. */
import type { Annotation, Label } from "../api/answers";
import { el } from "../dom";
import { t } from "../i18n";

/** Clip tags and caption. */
export function clipPanel({ document: { tags, caption } }: Annotation, label: (id: string) => Label): HTMLElement {
  const chips = tags.map((tag) => el("span", { class: "chip" }, label(tag.label).name));
  const section = el("section", { class: "panel", hidden: !tags.length && !caption }, el("h3", {}, t("Clip")), el("div", { class: "chips" }, ...chips));
  if (caption) section.append(el("p", {}, caption.text));
  return section;
}

export function earlierReviews({ reviews }: Annotation): HTMLElement {
  return el(
    "section",
    { class: "panel", hidden: !reviews.length },
    el("h3", {}, t("Earlier reviews")),
    ...reviews.map(({ reviewer, decision, revision, feedback, reasons, regions }) => {
      const who = { reviewer, revision };
      return el(
        "div",
        { class: "earlier" },
        el("b", {}, decision === "approve" ? t("{reviewer} approved revision {revision}", who) : t("{reviewer} sent back revision {revision}", who)),
        reasons?.length ? el("p", {}, reasons.join(" · ")) : null,
        el("p", {}, feedback),
        ...regions.filter((region) => region.feedback).map((region) => el("p", { class: "muted" }, region.feedback)),
      );
    }),
  );
}
