/**
 * Keeping edits without a server: the whole document goes to Python, a moment after an edit and at most twice a second,
 * because each one reruns the script. It is kept when Python says that it has it. The tab keeps a copy, so that a reload
 * brings it back.
 */
import { type AnnotationDocument, applyOperations, type Collection, type DocumentChange, operationOf, type Value } from "../editing/document";
import { fingerprint } from "../editing/fingerprint";
import { DocumentItems, type Items, itemsOf } from "../editing/items";
import type { SaverPorts, Saves } from "../editing/saver";
import { forgetInTab, keepInTab, keptInTab } from "../editing/storage";
import { t } from "../i18n";
import type { Edited, Receipt } from "./data";

/** After an edit this long is waited for more of the same gesture (ms). */
const PAUSE_MS = 120;
/** Between two documents (ms). */
const APART_MS = 500;
/** The tab's own copy is written this long after an edit (ms). */
const NOTE_MS = 300;
/** Without an answer the document is sent again after so long, then twice as long, and so on (ms): a script may be slow. */
const AGAIN_MS = 20_000;
const LONGEST_MS = 600_000;
/** From when on the editor says that there is no answer (ms). */
const LATE_MS = 15_000;

export interface KeeperPorts {
  send(edited: Edited): void;
  now(): number;
  later(action: () => void, milliseconds: number): number;
  cancel(timer: number): void;
}

interface Note {
  base: string;
  document: AnnotationDocument;
}

export class Keeper implements Saves {
  private items = new DocumentItems();
  /** Edits made, sent and received by Python. */
  private made = 0;
  private sent = 0;
  private received = 0;
  private sentAt = -Infinity;
  private again = AGAIN_MS;
  private sending = 0;
  private noting = 0;

  constructor(
    private readonly recording: string,
    private readonly base: string,
    private readonly client: string,
    private readonly editor: SaverPorts,
    private readonly ports: KeeperPorts,
  ) {}

  get revision(): number {
    return this.received;
  }

  get idle(): boolean {
    return this.received >= this.made;
  }

  begin(_revision: number, document: AnnotationDocument): Items {
    this.items = itemsOf(document);
    const note = keptInTab<Note>(this.noteKey);
    if (note?.base === this.base) {
      const noted = itemsOf(note.document);
      if (fingerprint(noted) !== fingerprint(this.items)) {
        this.items = noted;
        this.changed();
      }
    } else if (note) forgetInTab(this.noteKey);
    if (this.idle) this.editor.told("saved", "");
    return this.copy();
  }

  push(changes: readonly DocumentChange[]): void {
    applyOperations(this.items, changes.map(operationOf));
    this.changed();
    this.noting ||= this.ports.later(() => this.note(), NOTE_MS);
  }

  get waiting(): number {
    return this.made - this.received;
  }

  hurry(): void {
    if (!this.idle) this.send();
  }

  /** Python has a document of this editor, or refuses it. */
  answer({ client, sequence, problem }: Receipt): void {
    if (client !== this.client || sequence <= this.received) return;
    this.received = sequence;
    this.again = AGAIN_MS;
    if (problem) this.editor.told("refused", problem);
    else if (this.idle) this.editor.told("saved", "");
  }

  /** Send what is unsent without waiting: somebody turns to something else on the page. */
  now(): void {
    this.ports.cancel(this.sending);
    this.sending = 0;
    if (this.sent < this.made) this.send();
  }

  async flush(): Promise<number> {
    this.now();
    for (let waited = 0; !this.idle; waited += 50) {
      if (waited > LATE_MS) throw new Error(t("The app has not answered yet. Try again."));
      await this.editor.wait(50);
    }
    return this.revision;
  }

  touch(): void {
    const waited = this.ports.now() - this.sentAt;
    if (this.idle || this.sent < this.made) return;
    if (waited >= LATE_MS) this.editor.told("offline", t("the app has not answered yet"));
    if (waited < this.again) return;
    this.again = Math.min(2 * this.again, LONGEST_MS);
    this.send();
  }

  async refetch(): Promise<void> {
    this.editor.replaced(this.copy());
  }

  async leave(): Promise<void> {
    this.part();
  }

  part(): void {
    this.now();
    if (this.noting) this.note();
  }

  /** The editor changes its own items. */
  private copy(): Items {
    return itemsOf(documentOf(this.items));
  }

  private get noteKey(): string {
    return `labelbuddy:document:${this.recording}`;
  }

  private changed(): void {
    this.made++;
    this.editor.told("saving", "");
    const wait = Math.max(PAUSE_MS, this.sentAt + APART_MS - this.ports.now());
    this.sending ||= this.ports.later(() => this.now(), wait);
  }

  private send(): void {
    this.sent = this.made;
    this.sentAt = this.ports.now();
    this.ports.send({ recording: this.recording, client: this.client, sequence: this.made, document: documentOf(this.items) });
  }

  private note(): void {
    this.ports.cancel(this.noting);
    this.noting = 0;
    keepInTab(this.noteKey, { base: this.base, document: documentOf(this.items) } satisfies Note);
  }
}

/** The document that has these items. */
export function documentOf(items: DocumentItems): AnnotationDocument {
  const all = <T extends Value>(collection: Exclude<Collection, "caption">): T[] => [...items.of(collection).values()] as T[];
  return {
    schema: "labelbuddy/annotation@1",
    regions: all("regions"),
    points: all("points"),
    tags: all("tags"),
    caption: (items.get("caption:caption") ?? null) as AnnotationDocument["caption"],
    answers: all<Record<string, unknown>>("answers"),
    tiers: all("tiers"),
  };
}
