/** What the browser keeps: the journal of unsaved work, and who this tab is. */
import type { KeyValueStore } from "./saver";

/** Local storage as the saver uses it; a full or forbidden storage loses the journal, never the save itself. */
export function browserStore(): KeyValueStore {
  return {
    getItem: (key) => localStorage.getItem(key),
    setItem: (key, value) => {
      try {
        localStorage.setItem(key, value);
      } catch {
        localStorage.removeItem(key);
      }
    },
    removeItem: (key) => localStorage.removeItem(key),
    keys: () => Object.keys(localStorage),
  };
}

/** A UUID for this tab, the same after a reload. */
export function tabId(): string {
  const kept = sessionStorage.getItem("labelbuddy:tab");
  if (kept) return kept;
  const made = newUuid();
  sessionStorage.setItem("labelbuddy:tab", made);
  return made;
}

/** A random UUID; `crypto.randomUUID` would need https. */
export function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
