/** The overlay that shows every key, finds one by its words, and puts actions on other keys. */
import type { Preferences } from "../api/answers";
import { el, kbd } from "../dom";
import { type Binding, boundName, KeyMap } from "../editing/key_map";
import { shownKeys } from "../editing/key_names";
import { saysOf } from "../editing/key_texts";
import { t } from "../i18n";
import type { Modal } from "../keyboard";
import { keepInside } from "./dialog";

export interface KeyOverlayPorts {
  review: boolean;
  /** Actions that do not exist here. */
  absent: ReadonlySet<string>;
  /** The label that these keys pick in this project, and would not any more; null for none. */
  labelOf(keys: string): string | null;
  preferences(): Preferences;
  /** Keep other preferences; tells whether the server has them. */
  keep(preferences: Preferences): Promise<void>;
  close(): void;
}

const MOST_REACTION_MS = 1000;

export function keyOverlay(ports: KeyOverlayPorts): Modal {
  const search = el("input", { type: "search", placeholder: t("Find a key"), "aria-label": t("Find a key") });
  const groups = el("div", { class: "key-groups" });
  const says = el("p", { class: "muted key-says", role: "status" }, t("Click a key to put its action on another one."));
  const reaction = el("input", { type: "number", min: 0, max: MOST_REACTION_MS, step: 10, "aria-label": t("Reaction time in milliseconds") });
  const reset = el("button", { type: "button" }, t("Usual keys"));
  const close = el("button", { type: "button", onclick: () => ports.close() }, t("Close"));
  let waiting: Binding | null = null;
  const keep = (changes: Partial<Preferences>, done: string): void => {
    says.className = "muted key-says";
    says.textContent = t("Saving…");
    ports.keep({ ...ports.preferences(), ...changes }).then(
      () => (says.textContent = done),
      (error: unknown) => {
        says.className = "bad key-says";
        says.textContent = t("Not kept: {problem}", { problem: (error as Error).message });
      },
    );
    draw();
  };
  const line = (binding: Binding): HTMLElement => {
    const what = el("span", {}, saysOf(binding));
    if (binding.fixed) return el("div", { class: "key-line" }, kbd(shownKeys(binding.keys)), what);
    const change = el(
      "button",
      {
        type: "button",
        class: "key-button",
        "aria-label": t("{action}: {keys}. Change", { action: saysOf(binding), keys: shownKeys(binding.keys) }),
        onclick: () => {
          waiting = binding;
          says.className = "key-says";
          says.textContent = t("Press the new keys for “{action}”, or Escape.", { action: saysOf(binding) });
          draw();
          panel.focus();
        },
      },
      kbd(waiting === binding ? "…" : shownKeys(binding.keys)),
    );
    return el("div", { class: "key-line" }, change, what);
  };
  const draw = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const byGroup = new Map<string, HTMLElement[]>();
    const map = new KeyMap(ports.preferences().keys, ports.absent);
    for (const binding of [...map.bindings(ports.review), ...map.bindingsOfList(ports.review)]) {
      if (wanted && !`${saysOf(binding)} ${shownKeys(binding.keys)} ${t(binding.group)}`.toLowerCase().includes(wanted)) continue;
      byGroup.set(binding.group, [...(byGroup.get(binding.group) ?? []), line(binding)]);
    }
    groups.replaceChildren(...[...byGroup].map(([name, lines]) => el("section", {}, el("h4", {}, t(name)), ...lines)));
    if (!byGroup.size) groups.append(el("p", { class: "muted" }, t("No action of these words.")));
    reset.disabled = Object.keys(ports.preferences().keys).length === 0;
  };
  const bind = (binding: Binding, keys: string): void => {
    const own = ports.preferences().keys;
    const map = new KeyMap(own, ports.absent);
    const holder = map.holder(keys, binding.action);
    if (holder) {
      says.className = "bad key-says";
      says.textContent = t("{keys} means “{action}” already. Put that on another key first.", { keys: shownKeys(keys), action: saysOf(holder) });
      return draw();
    }
    const done = t("“{action}” is on {keys} now.", { action: saysOf(binding), keys: shownKeys(keys) });
    const label = ports.labelOf(keys);
    const hidden = map.hidden(keys, binding.action);
    const lost = label !== null ? t("It does not pick the label {label} any more.", { label }) : hidden ? t("In the list of regions it comes before “{action}”.", { action: saysOf(hidden) }) : "";
    keep({ keys: { ...own, [binding.action]: keys } }, lost ? `${done} ${lost}` : done);
  };
  search.addEventListener("input", draw);
  reset.addEventListener("click", () => keep({ keys: {} }, t("All keys are the usual ones again.")));
  reaction.value = String(Math.round(ports.preferences().reaction * 1000));
  reaction.addEventListener("change", () => {
    const milliseconds = Math.min(MOST_REACTION_MS, Math.max(0, Number(reaction.value) || 0));
    reaction.value = String(milliseconds);
    keep({ reaction: milliseconds / 1000 }, t("Held label keys mark {milliseconds} ms earlier.", { milliseconds }));
  });
  draw();
  const panel = el(
    "div",
    { class: "overlay-panel keys", role: "dialog", "aria-modal": true, "aria-label": t("Keys"), tabindex: -1 },
    el("div", { class: "overlay-head" }, el("h3", {}, t("Keys")), search, close),
    says,
    groups,
    el("div", { class: "overlay-foot" }, ...(ports.review ? [] : [el("label", {}, t("Reaction time when a label’s key is held while listening"), " ", reaction, " ms")]), reset),
  );
  const root = el("div", { class: "overlay" }, panel);
  root.addEventListener("click", (event) => {
    if (event.target === root) ports.close();
  });
  const press = (event: KeyboardEvent): void => {
    if (waiting) {
      event.preventDefault();
      const binding = waiting;
      const keys = boundName(event);
      if (event.key !== "Escape" && keys === null) return; // a modifier that begins a combination
      waiting = null;
      if (keys === null) {
        says.className = "muted key-says";
        says.textContent = t("Nothing was changed.");
        return draw();
      }
      return bind(binding, keys);
    }
    if (event.key === "Escape" || (event.key === "?" && event.composedPath()[0] !== search)) {
      ports.close();
      event.preventDefault();
    } else if (event.key === "Tab") keepInside(panel, event);
  };
  return { root, focus: () => search.focus(), press };
}
