/** How many bytes steps of undo take, roughly, without writing them out. */
import type { Change, Value } from "./document";

/** Bytes of a change without what it says, and of a region without text and attributes. */
const OF_CHANGE = 120;
const OF_VALUE = 280;

const known = new WeakMap<readonly Change[], number>();

/** Bytes of a step; its changes are never altered. */
export function bytesOf(changes: readonly Change[]): number {
  let bytes = known.get(changes);
  if (bytes === undefined) {
    bytes = changes.reduce((sum, { before, after }) => sum + OF_CHANGE + ofValue(before) + ofValue(after), 0);
    known.set(changes, bytes);
  }
  return bytes;
}

function ofValue(value: Value | null): number {
  if (value === null) return 0;
  const { text, attributes } = value as { text?: string | null; attributes?: Record<string, unknown> };
  let bytes = OF_VALUE + 2 * (text?.length ?? 0);
  for (const name in attributes) bytes += 2 * (name.length + String(attributes[name]).length);
  return bytes;
}
