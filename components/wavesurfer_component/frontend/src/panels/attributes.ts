/** What is asked about every region and instant of a label: a choice, a number, a rating, a text, or yes or no. */
import type { Attribute } from "../api/answers";
import { el } from "../dom";
import type { Region } from "../editing/document";
import { decimal, t, typedNumber } from "../i18n";
import { isFocused } from "./ports";
import { roving } from "./roving";

type Answer = string | number | boolean | null;

const STARS = 5;

export function attributeFields(change: (region: string, values: Record<string, unknown>) => void, editable: () => boolean) {
  const root = el("div", { class: "attributes", hidden: true });
  let shown = "";
  let region: Region | null = null;
  const set = (attribute: Attribute, value: Answer): void => {
    if (!region || (region.attributes?.[attribute.id] ?? null) === value) return; // as it is: no edit
    const values = { ...region.attributes, [attribute.id]: value };
    if (value === null || value === "") delete values[attribute.id];
    change(region.id, values);
  };
  const field = (attribute: Attribute, value: Answer): HTMLElement => {
    const name = attribute.required ? `${attribute.name} *` : attribute.name;
    const disabled = !editable();
    switch (attribute.kind) {
      case "choice": {
        const choice = el("select", { disabled, "aria-label": attribute.name });
        choice.append(el("option", { value: "" }, "–"), ...attribute.choices.map((one) => el("option", { value: one }, one)));
        choice.value = typeof value === "string" ? value : "";
        choice.addEventListener("change", () => set(attribute, choice.value || null));
        return el("label", {}, name, choice);
      }
      case "yes-no": {
        const choice = el("select", { disabled, "aria-label": attribute.name });
        choice.append(el("option", { value: "" }, "–"), el("option", { value: "yes" }, t("Yes")), el("option", { value: "no" }, t("No")));
        choice.value = value === true ? "yes" : value === false ? "no" : "";
        choice.addEventListener("change", () => set(attribute, choice.value === "" ? null : choice.value === "yes"));
        return el("label", {}, name, choice);
      }
      case "rating":
        return roving(el(
          "div",
          { class: "rating", role: "radiogroup", "aria-label": attribute.name },
          el("span", {}, name),
          ...Array.from({ length: STARS }, (_, index) =>
            el(
              "button",
              { type: "button", role: "radio", disabled, "aria-checked": value === index + 1, "aria-label": t("{number} of {count}", { number: index + 1, count: STARS }), class: Number(value) > index ? "chosen" : "", onclick: () => set(attribute, value === index + 1 ? null : index + 1) },
              String(index + 1),
            ),
          ),
        ));
      default: {
        const input = el("input", { disabled, "aria-label": attribute.name, inputmode: attribute.kind === "number" ? "decimal" : "text" });
        input.value = value === null ? "" : typeof value === "number" ? decimal(value) : String(value);
        input.addEventListener("change", () => {
          const typed = input.value.trim();
          const number = typedNumber(typed);
          const wrong = attribute.kind === "number" && typed !== "" && number === null;
          input.setCustomValidity(wrong ? t("Type a number.") : "");
          input.setAttribute("aria-invalid", String(wrong));
          if (!wrong) set(attribute, typed === "" ? null : attribute.kind === "number" ? number : typed);
        });
        return el("label", {}, name, input);
      }
    }
  };
  const show = (now: Region, attributes: readonly Attribute[]): void => {
    region = now;
    root.hidden = !attributes.length;
    const state = JSON.stringify([now.id, now.attributes ?? {}, attributes.map((one) => one.id), editable()]);
    if (state === shown || [...root.querySelectorAll("input")].some((input) => isFocused(input) && shown.startsWith(`["${now.id}"`))) return;
    shown = state;
    root.replaceChildren(...attributes.map((one) => field(one, (now.attributes?.[one.id] ?? null) as Answer)));
  };
  /** Take what is being typed. */
  const commit = (): void => {
    for (const input of root.querySelectorAll("input")) if (isFocused(input) && input.type !== "checkbox") input.dispatchEvent(new Event("change"));
  };
  return { root, show, commit };
}
