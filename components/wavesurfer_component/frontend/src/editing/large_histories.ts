/** Steps of undo that are too many for the memory of a tab: one value for each in the large store, of which an edit writes its own. */
import type { Change } from "./document";
import type { Step } from "./history";
import type { LargeStore } from "./large_journals";
import { newUuid } from "./storage";

interface Manifest {
  /** When it was written (ms since 1970). */
  at: number;
  fingerprint: string;
  done: string[];
  undone: string[];
}

export interface KeptSteps {
  fingerprint: string;
  done: Step[];
  undone: Step[];
}

/** Tabs that were closed leave their steps: they are removed after so long (ms), and all but the newest of so many. */
const OLDEST_MS = 3 * 24 * 3_600_000;
const MOST_TABS = 10;

const stepKey = (name: string, id: string): string => `${name}#${id}`;
const isManifest = (key: string): boolean => !key.includes("#");

export class LargeHistories {
  /** The steps in the store, by their changes, which are never altered. */
  private written = new Map<readonly Change[], string>();
  private swept = false;

  /** `prefix` is what all names of histories begin with. */
  constructor(
    private readonly store: LargeStore,
    private readonly prefix: string,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** Keep the steps of a tab in place of those before; false when the browser would not. */
  async write(name: string, fingerprint: string, { done, undone }: { done: readonly Step[]; undone: readonly Step[] }): Promise<boolean> {
    const written = new Map<readonly Change[], string>();
    const puts: [string, unknown][] = [];
    const idOf = ({ changes }: Step): string => {
      let id = this.written.get(changes);
      if (id === undefined) puts.push([stepKey(name, (id = newUuid())), changes]); // never one of a copy of this tab
      written.set(changes, id);
      return id;
    };
    const manifest: Manifest = { at: this.now(), fingerprint, done: done.map(idOf), undone: undone.map(idOf) };
    const used = new Set(written.values());
    const unused = [...this.written.values()].filter((id) => !used.has(id)).map((id) => stepKey(name, id));
    try {
      await this.store.write([...puts, [name, manifest]], unused);
      this.written = written;
      if (!this.swept) await this.sweep(name);
      return true;
    } catch {
      return false;
    }
  }

  /** What was kept of a tab; null when there is nothing, or nothing can be read. */
  async read(name: string): Promise<KeptSteps | null> {
    try {
      const [manifest] = (await this.store.read([name])) as [Manifest | undefined];
      if (!manifest) return null;
      const ids = [...manifest.done, ...manifest.undone];
      const all = (await this.store.read(ids.map((id) => stepKey(name, id)))) as (Change[] | undefined)[];
      if (all.some((changes) => changes === undefined)) return null;
      ids.forEach((id, at) => this.written.set(all[at]!, id));
      const steps = (from: number, to: number): Step[] => all.slice(from, to).map((changes) => ({ changes: changes!, key: null, at: 0 }));
      return { fingerprint: manifest.fingerprint, done: steps(0, manifest.done.length), undone: steps(manifest.done.length, ids.length) };
    } catch {
      return null;
    }
  }

  async forget(name: string): Promise<void> {
    this.written = new Map();
    await this.remove([name]).catch(() => undefined);
  }

  /** Remove what tabs left that are closed, as far as can be told. */
  private async sweep(mine: string): Promise<void> {
    this.swept = true;
    const names = (await this.store.keys(this.prefix)).filter(isManifest);
    const kept = ((await this.store.read(names)) as Manifest[]).map(({ at }, place) => ({ at, name: names[place]! })).sort((one, other) => other.at - one.at);
    const old = kept.filter(({ at, name }, place) => name !== mine && (place >= MOST_TABS || this.now() - at > OLDEST_MS));
    await this.remove(old.map(({ name }) => name));
  }

  private async remove(names: readonly string[]): Promise<void> {
    for (const name of names) await this.store.write([], [name, ...(await this.store.keys(`${name}#`))]);
  }
}
