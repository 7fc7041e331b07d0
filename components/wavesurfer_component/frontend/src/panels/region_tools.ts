/** Buttons for what the keys do with regions at the playhead and with the selection, for people who point or touch. */
import { el, icon } from "../dom";
import { msg, t } from "../i18n";
import { actionButton } from "../playback/transport";

export interface RegionToolPorts {
  act(action: string): void;
  editable(): boolean;
  /** Whether something is selected that can be split or copied. */
  chosen(): boolean;
  /** Whether a region was begun whose end is not marked yet. */
  begun(): boolean;
  /** Whether the project has instants. */
  instants: boolean;
}

interface Tool {
  action: string;
  says: string;
  icon: Parameters<typeof icon>[0];
  /** It does something to what is selected. */
  ofSelection?: true;
}

const TOOLS: readonly Tool[] = [
  { action: "in-point", says: msg("Region starts here"), icon: "in" },
  { action: "out-point", says: msg("Region ends here"), icon: "out" },
  { action: "instant", says: msg("Mark an instant at the playhead"), icon: "instant" },
  { action: "split", says: msg("Split at the playhead"), icon: "split", ofSelection: true },
  { action: "duplicate", says: msg("Duplicate behind itself"), icon: "duplicate", ofSelection: true },
  { action: "cut", says: msg("Cut"), icon: "cut", ofSelection: true },
  { action: "copy", says: msg("Copy the selected regions"), icon: "copy", ofSelection: true },
  { action: "paste", says: msg("Paste at the playhead"), icon: "paste" },
  { action: "paste-in-place", says: msg("Paste at the same times"), icon: "place" },
];

export function regionTools(ports: RegionToolPorts): { root: HTMLElement; refresh(): void } {
  const offered = TOOLS.filter(({ action }) => action !== "instant" || ports.instants);
  const buttons = offered.map((tool) => ({ tool, root: actionButton(t(tool.says), tool.action, ports.act, icon(tool.icon)) }));
  const root = el("div", { class: "region-tools", role: "group", "aria-label": t("Mark and edit") }, ...buttons.map((one) => one.root));
  const refresh = (): void => {
    const editable = ports.editable();
    const chosen = ports.chosen();
    for (const { tool, root: button } of buttons) {
      button.disabled = !editable || (tool.ofSelection === true && !chosen) || (tool.action === "out-point" && !ports.begun());
      if (tool.action === "in-point") button.setAttribute("aria-pressed", String(ports.begun()));
    }
  };
  return { root, refresh };
}
