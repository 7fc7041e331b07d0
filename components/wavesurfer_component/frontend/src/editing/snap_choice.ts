/** What dragged edges snap to: one kind of instants, several, or none; remembered in this browser. */
import { SNAP_KINDS, type SnapKind, type SnapMode, SNAP_MODES } from "../engine/snap_kinds";
import { msg, t } from "../i18n";
import type { KeyValueStore } from "./journals";

const KEPT = "labelbuddy:snap";

export const SNAP_NAMES: Record<SnapMode, string> = {
  off: msg("Off"),
  onset: msg("Onsets"),
  beat: msg("Beats"),
  bar: msg("Bars"),
  zero: msg("Zero crossings"),
  edge: msg("Other regions"),
};

export class SnapChoice {
  /** All that edges snap to; the nearest point of any of them. */
  kinds: readonly SnapKind[];

  constructor(private readonly kept: KeyValueStore) {
    const before = (kept.getItem(KEPT) ?? "").split(",");
    this.kinds = SNAP_KINDS.filter((kind) => before.includes(kind));
  }

  setMode(mode: SnapMode): void {
    this.setKinds(mode === "off" ? [] : [mode]);
  }

  setKinds(kinds: readonly SnapKind[]): void {
    this.kinds = SNAP_KINDS.filter((kind) => kinds.includes(kind));
    this.kept.setItem(KEPT, this.kinds.join() || "off");
  }

  /** The one kind, none, or several. */
  get mode(): SnapMode | "several" {
    return this.kinds.length > 1 ? "several" : (this.kinds[0] ?? "off");
  }

  /** In words. */
  get says(): string {
    return this.kinds.map((kind) => t(SNAP_NAMES[kind])).join(" + ") || t(SNAP_NAMES.off);
  }

  next(): void {
    const { mode } = this;
    this.setMode(mode === "several" ? "off" : SNAP_MODES[(SNAP_MODES.indexOf(mode) + 1) % SNAP_MODES.length]!);
  }
}
