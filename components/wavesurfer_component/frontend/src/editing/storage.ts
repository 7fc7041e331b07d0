/** What the browser keeps, where it keeps anything: private windows and settings may forbid it. */
import type { KeyValueStore } from "./journals";

/** Local storage; a full or forbidden one loses the journal, never the save itself. */
export function browserStore(): KeyValueStore {
  return {
    getItem: (key) => attempt(() => localStorage.getItem(key), null),
    setItem: (key, value) =>
      attempt(() => {
        localStorage.setItem(key, value);
        return true;
      }, false),
    removeItem: (key) => attempt(() => localStorage.removeItem(key), undefined),
    keys: () => attempt(() => Object.keys(localStorage), []),
  };
}

/** A note for this tab that outlives a reload. */
export function keepInTab(key: string, value: unknown): void {
  attempt(() => sessionStorage.setItem(key, JSON.stringify(value)), undefined);
}

/** A note of this tab, or null. */
export function keptInTab<T>(key: string): T | null {
  return attempt(() => JSON.parse(sessionStorage.getItem(key) ?? "null") as T | null, null);
}

/** Forget a note of this tab. */
export function forgetInTab(key: string): void {
  attempt(() => sessionStorage.removeItem(key), undefined);
}

/** A random UUID; `crypto.randomUUID` would need https. */
export function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
