/** IndexedDB as a place for large values; private windows and settings may forbid it. */
import type { LargeStore } from "./large_journals";

const DATABASE = "labelbuddy";
const VALUES = "values";

/** The database of this browser, opened when it is needed first. */
export function browserLargeStore(): LargeStore {
  let opened: Promise<IDBDatabase> | null = null;
  const database = (): Promise<IDBDatabase> => (opened ??= open().catch((error: unknown) => ((opened = null), Promise.reject(error as Error))));
  return {
    write: async (puts, deletes) => {
      const transaction = (await database()).transaction(VALUES, "readwrite");
      const values = transaction.objectStore(VALUES);
      for (const [key, value] of puts) values.put(value, key);
      for (const key of deletes) values.delete(key);
      await done(transaction);
    },
    read: async (keys) => {
      const values = (await database()).transaction(VALUES).objectStore(VALUES);
      return Promise.all(keys.map((key) => answered(values.get(key))));
    },
    keys: async (prefix) => {
      const values = (await database()).transaction(VALUES).objectStore(VALUES);
      return (await answered(values.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)))) as string[];
    },
  };
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(VALUES);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}
