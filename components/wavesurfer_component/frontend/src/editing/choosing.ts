/** Selecting in the editor: shown on the stage, said aloud, and what of it other parts ask for. */
import type { Stage } from "../engine/stage";
import type { SelectedSpan } from "../engine/stage_ports";
import { clock } from "../engine/time";
import { plural, t } from "../i18n";
import type { Beats } from "./beats";
import type { Region } from "./document";
import type { Edits } from "./edits";
import type { Locks } from "./locks";
import { showTime } from "./place_actions";
import type { Store } from "./store";

export interface ChoosingPorts {
  store: Store;
  stage: Stage;
  edits: Edits;
  beats: Beats;
  locks: Locks;
  /** The highest frequency of the recording (Hz). */
  highest: number;
  editable(): boolean;
  say(text: string): void;
  complain(text: string): void;
  refresh(): void;
}

export class Choosing {
  /** Whether taps on regions add them to the selection or take them out. */
  several = false;

  constructor(private readonly ports: ChoosingPorts) {}

  /** Select one region alone, or none; `show` brings it into view and the playhead to its start. */
  select(id: string | null, show = false): void {
    this.ports.store.selected = id;
    if (id !== null) this.ports.beats.selected = null;
    this.selected(show);
  }

  /** Select and show what is drawn, if there is something. */
  selectDrawn(one: { id: string } | null): void {
    if (one) this.select(one.id, true);
  }

  /** A click or a tap on a region, or beside all of them. */
  tapped(id: string | null): void {
    if (this.several && id !== null) this.toggle(id);
    else this.select(id);
  }

  toggle(id: string): void {
    this.ports.beats.selected = null;
    this.ports.store.selection.toggle(id);
    this.selected(false);
  }

  /** Select one beat and nothing else, and say where it lies; `show` brings it into view and the playhead to it. */
  selectBeat(id: string, show = false): void {
    const { beats, stage, say, refresh } = this.ports;
    const index = beats.grid.index(id);
    if (index < 0) return;
    beats.select(id);
    if (show) showTime(stage, stage.clamp(beats.grid.beats[index]!.time));
    say(beats.spoken(index));
    refresh();
  }

  toggleBeat(id: string): void {
    const { beats, refresh } = this.ports;
    if (beats.selected !== id) return this.selectBeat(id);
    beats.selected = null;
    refresh();
  }

  /** Select many at once, but nothing in lanes that are locked or hidden. */
  selectAll(ids: readonly string[]): void {
    const { ids: open, left } = this.ports.locks.selectable(ids);
    this.ports.beats.selected = null;
    this.ports.store.selection.all(open);
    this.selected(false);
    if (left) this.ports.complain(plural(left, "{count} region in a locked or hidden lane is not selected.", "{count} regions in locked or hidden lanes are not selected."));
  }

  /** Forget what is selected and not there any more. */
  keepWhatExists(): void {
    const { store, edits } = this.ports;
    store.selection.keep((id) => store.rejected(id) !== null || (edits.grabbed(id) !== null && (!store.hidesSuggestions || store.region(id) !== null)));
  }

  /** The selected region, also a suggestion that was rejected. */
  private get region(): Region | null {
    const { edits, store } = this.ports;
    return edits.selected ?? store.rejected(store.selected)?.region ?? null;
  }

  /** The selected region as the layers draw it; null for none and for instants. */
  get span(): SelectedSpan | null {
    const region = this.region;
    if (!region || region.instant) return null;
    const { start, end, low, high } = region;
    const handles = this.ports.editable() && !this.ports.locks.hold(region);
    return { start, end, low: low ?? null, high: high ?? null, color: this.ports.store.label(region.label).color, handles };
  }

  /** The frequencies of the selected box (Hz); null when nothing is bounded. */
  get band(): { low: number; high: number } | null {
    const region = this.ports.edits.selected;
    if (!region || (region.low == null && region.high == null)) return null;
    return { low: region.low ?? 0, high: region.high ?? this.ports.highest };
  }

  /** The selected region, or what is in view (s). */
  get stretch(): { start: number; stop: number } {
    const { view } = this.ports.stage;
    const span = this.span;
    return span ? { start: span.start, stop: span.end } : { start: Math.max(view.first, view.start), stop: Math.min(view.last, view.stop) };
  }

  private selected(show: boolean): void {
    const { store, stage, say } = this.ports;
    const span = this.span;
    if (span && show) {
      stage.view.reveal(span.start);
      stage.playback.seek(span.start);
    }
    const { region } = this;
    const many = store.selection.size;
    if (many > 1) say(plural(many, "{count} selected", "{count} selected"));
    else if (region) {
      const where = { label: store.label(region.label).name, start: clock(region.start), end: clock(region.end) };
      const percent = Math.round((region.origin.score ?? 0) * 100);
      const suggested = store.suggestion(region.id) !== null;
      if (store.rejected(region.id)) say(t("{label}, {start} to {end}, rejected suggestion", where));
      else if (suggested && store.hidesScores) say(t("{label}, {start} to {end}, suggestion", where));
      else if (suggested) say(t("{label}, {start} to {end}, suggestion {percent} percent", { ...where, percent }));
      else say(t("{label}, {start} to {end}", where));
    }
    this.ports.refresh();
  }
}
