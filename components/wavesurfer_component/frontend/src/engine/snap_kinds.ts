/** Kinds of instants that edges may snap to. */
export type SnapKind = "onset" | "beat" | "bar" | "zero" | "edge";
export type SnapMode = "off" | SnapKind;
export const SNAP_KINDS: readonly SnapKind[] = ["onset", "beat", "bar", "zero", "edge"];
export const SNAP_MODES: readonly SnapMode[] = ["off", ...SNAP_KINDS];
