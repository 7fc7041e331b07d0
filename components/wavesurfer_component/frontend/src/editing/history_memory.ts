/** Undo across a reload: the steps of a tab are kept with a fingerprint of the document that they lead to. */
import type { Items } from "./document";
import { fingerprint, type RunningFingerprint } from "./fingerprint";
import type { History, Step } from "./history";
import type { LargeHistories } from "./large_histories";
import { bytesOf } from "./step_sizes";
import { keepInTab, keptInTab, newUuid } from "./storage";

interface Kept {
  fingerprint: string;
  done: Step[];
  undone: Step[];
}

/** What the tab itself keeps when the steps are in the large store, under this name. */
interface Elsewhere {
  large: string;
}

/** With more in the document, or steps of more bytes, they are kept in the large store. */
const MOST_SMALL_ITEMS = 20_000;
const MOST_SMALL_BYTES = 2_000_000;
/** Older steps than fit are not kept. */
export const MOST_BYTES = 16_000_000;

export interface HistoryMemoryPorts {
  items(): Items;
  running: RunningFingerprint;
  large: LargeHistories;
  /** Steps that were kept in the large store can be undone now. */
  restored(): void;
}

export class HistoryMemory {
  private written = -1;
  /** Where the large store has the steps of this tab; null while they are kept here. */
  private name: string | null = null;
  private restoring = false;
  private keeping: Promise<void> | null = null;

  constructor(
    private readonly history: History,
    private readonly key: string,
    private readonly ports: HistoryMemoryPorts,
  ) {}

  /** Take over what was kept, if it leads to this very document; what the large store has comes later. */
  restore(): void {
    const kept = keptInTab<Kept | Elsewhere>(this.key);
    if (!kept) return;
    if ("large" in kept) {
      this.name = kept.large;
      this.restoring = true;
      void this.restoreLarge(kept.large).finally(() => (this.restoring = false));
    } else if (this.ports.items().size <= MOST_SMALL_ITEMS && kept.fingerprint === fingerprint(this.ports.items())) this.history.restore(kept.done, kept.undone);
  }

  /** Keep the steps, if there are new ones since the last time. */
  keep(): void {
    const { history, ports } = this;
    if (this.restoring || this.keeping || history.version === this.written) return;
    const { done, undone } = history.newest(MOST_SMALL_BYTES, bytesOf);
    const small = ports.items().size <= MOST_SMALL_ITEMS && done.length === history.length.done && undone.length === history.length.undone;
    if (!small) {
      if (history.canUndo || history.canRedo) this.keeping = this.keepLarge().finally(() => (this.keeping = null));
      return;
    }
    this.written = history.version;
    keepInTab(this.key, { fingerprint: fingerprint(ports.items()), done, undone } satisfies Kept);
    if (this.name !== null) void ports.large.forget(this.name);
    this.name = null;
  }

  /** When all is done that was begun. */
  async settled(): Promise<void> {
    while (this.keeping || this.restoring) await new Promise((resolve) => setTimeout(resolve));
  }

  private async keepLarge(): Promise<void> {
    const { history, ports } = this;
    this.name ??= `${this.key}:${newUuid()}`;
    keepInTab(this.key, { large: this.name } satisfies Elsewhere); // before: steps that were kept here lead to another document
    if (ports.running.value === null) await ports.running.ready();
    const { version } = history;
    this.written = version; // where nothing may be kept, the next edit tries again
    await ports.large.write(this.name, ports.running.value!, history.newest(MOST_BYTES, bytesOf));
  }

  private async restoreLarge(name: string): Promise<void> {
    const { history, ports } = this;
    const kept = await ports.large.read(name);
    if (!kept) return;
    await ports.running.ready();
    if (history.version > 0 || kept.fingerprint !== ports.running.value) return; // something else was done meanwhile
    history.restore(kept.done, kept.undone);
    this.written = history.version;
    ports.restored();
  }
}
