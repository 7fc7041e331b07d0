/** Whether two values say the same, however they are written: what is empty may be left out, times are rounded to 1 µs. */

/** Numbers that differ by less were rounded (s, Hz). */
const ROUNDING = 1.5e-6;

export function alike(one: unknown, other: unknown): boolean {
  if (one === other || (isEmpty(one) && isEmpty(other))) return true;
  if (typeof one === "number" && typeof other === "number") return Math.abs(one - other) < ROUNDING;
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((value, index) => alike(value, other[index]));
  if (!isObject(one) || !isObject(other)) return false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => alike(one[name], other[name]));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
