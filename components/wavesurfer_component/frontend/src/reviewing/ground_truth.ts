/** The ground truth that a reviewer writes beside the versions: edited in steps that can be undone, kept in the tab until it is saved. */
import type { GroundTruthAnswer } from "../api/answers";
import { type AnnotationDocument, keptForm, markedIn, type Point, type Region } from "../editing/document";
import { forgetInTab, keepInTab, keptInTab } from "../editing/storage";

interface State {
  document: AnnotationDocument;
  /** The groups that the reviewer has decided, by key. */
  resolved: readonly string[];
}

interface Kept {
  revision: number;
  state: State;
}

export class GroundTruth {
  /** The revision that it is upon; 0 before the first. */
  revision: number;
  private state: State;
  private readonly past: State[] = [];
  private future: State[] = [];
  private changes = false;

  /** From what is stored, else from the annotation under review. */
  constructor(
    stored: GroundTruthAnswer,
    annotation: AnnotationDocument,
    private readonly keptAs: string,
  ) {
    this.revision = stored.revision;
    const document = stored.kind === "adjudicated" && stored.document ? stored.document : annotation;
    this.state = { document, resolved: [] };
    const kept = keptInTab<Kept>(keptAs);
    if (kept?.revision !== stored.revision) return;
    this.past.push(this.state);
    this.state = kept.state;
    this.changes = true;
  }

  get document(): AnnotationDocument {
    return this.state.document;
  }

  get marks(): Region[] {
    return markedIn(this.state.document);
  }

  /** Whether there is something to save. */
  get changed(): boolean {
    return this.changes;
  }

  isResolved(key: string): boolean {
    return this.state.resolved.includes(key);
  }

  /** Put other marks in the place of some; `key` is the group that is decided by that. */
  replace(gone: readonly string[], put: readonly Region[], key: string | null): void {
    const { document } = this.state;
    const away = new Set([...gone, ...put.map((one) => one.id)]);
    const forms = put.map(keptForm);
    const of = <T>(name: "regions" | "points"): T[] => forms.filter((one) => one.collection === name).map((one) => one.value as T);
    this.step({
      ...document,
      regions: [...document.regions.filter((one) => !away.has(one.id)), ...of<Region>("regions")].sort((a, b) => a.start - b.start),
      points: [...document.points.filter((one) => !away.has(one.id)), ...of<Point>("points")].sort((a, b) => a.time - b.time),
    }, key === null ? [] : [key]);
  }

  /** Describe the clip; empty for nothing said. */
  setCaption(text: string): void {
    const caption = text.trim() ? { text: text.trim(), origin: { kind: "consensus" as const } } : null;
    this.step({ ...this.state.document, caption }, []);
  }

  /** Say that a tag holds for the clip, or that it does not. */
  setTag(label: string, holds: boolean): void {
    const others = this.state.document.tags.filter((one) => one.label !== label);
    const tags = holds ? [...others, { label, origin: { kind: "consensus" as const } }] : others;
    this.step({ ...this.state.document, tags }, []);
  }

  /** Another document altogether, with which these groups are decided. */
  become(document: AnnotationDocument, resolved: readonly string[]): void {
    this.step(document, resolved);
  }

  undo(): boolean {
    const before = this.past.pop();
    if (!before) return false;
    this.future.push(this.state);
    this.state = before;
    this.changes = this.past.length > 0;
    this.keep();
    return true;
  }

  redo(): boolean {
    const after = this.future.pop();
    if (!after) return false;
    this.past.push(this.state);
    this.state = after;
    this.changes = true;
    this.keep();
    return true;
  }

  /** Look at what somebody else has stored in the meantime. */
  take(stored: GroundTruthAnswer): void {
    this.revision = stored.revision;
    if (stored.document) this.step(stored.document, []);
    this.changes = false;
    this.keep();
  }

  /** It is stored now. */
  saved(): void {
    this.revision += 1;
    this.changes = false;
    forgetInTab(this.keptAs);
  }

  private step(document: AnnotationDocument, resolved: readonly string[]): void {
    this.past.push(this.state);
    this.future = [];
    this.state = { document, resolved: [...new Set([...this.state.resolved, ...resolved])] };
    this.changes = true;
    this.keep();
  }

  private keep(): void {
    if (this.changes) keepInTab(this.keptAs, { revision: this.revision, state: this.state } satisfies Kept);
    else forgetInTab(this.keptAs);
  }
}
