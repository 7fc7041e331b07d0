/** Drawing the stage: every layer from one viewport, in one frame. */
import { type BeatDrag, drawBeats, drawRejectedBeats } from "../layers/beats";
import { drawLanes, type Ghost, type Marquee } from "../layers/regions";
import { drawRuler } from "../layers/ruler";
import { drawSpectrogram } from "../layers/spectrogram";
import { drawWaveform } from "../layers/waveform";
import type { BeatGrid } from "./beat_grid";
import type { LaneStack } from "./lane_stack";
import type { Overview } from "./overview";
import type { SpectrogramLook } from "./spectrogram_look";
import type { SelectedSpan, StagePorts } from "./stage_ports";
import type { StageData } from "./stage_data";
import type { StageLook } from "./stage_look";
import type { StageRows } from "./stage_rows";
import type { Theme } from "./theme";
import type { Viewport } from "./viewport";

export interface Scene {
  readonly view: Viewport;
  readonly theme: Theme;
  readonly rows: StageRows;
  readonly stack: LaneStack;
  readonly data: StageData;
  readonly overview: Overview;
  readonly look: SpectrogramLook;
  readonly stageLook: StageLook;
  readonly waveHeight: number;
  /** What is being dragged, and the stretch that is being selected. */
  readonly ghost: Ghost | null;
  readonly marquee: Marquee | null;
  readonly grid: BeatGrid;
  readonly selectedBeat: string | null;
  readonly beatDrag: BeatDrag | null;
  /** What to do while there are no beats. */
  readonly beatsHint: string;
  /** Grids of models that were rejected, while such are shown. */
  readonly rejectedBeats: readonly BeatGrid[];
  /** Instants that somebody wants to come back to (s). */
  readonly bookmarks: readonly number[];
  /** The box under the pointer. */
  readonly pointed: string | null;
}

export function drawStage(scene: Scene, ports: StagePorts, sampleRate: number): void {
  const { view, theme, rows, stack, data, ghost, grid } = scene;
  const selected = ports.selectedSpan();
  drawRuler(rows.ruler, view, theme, scene.stageLook.unit, grid, sampleRate, scene.bookmarks);
  if (rows.showsBeats) drawBeats(rows.beats, view, grid, theme, scene.selectedBeat, scene.beatDrag, scene.beatsHint);
  if (rows.showsBeats) for (const rejected of scene.rejectedBeats) drawRejectedBeats(rows.beats, view, rejected, theme);
  const snap = ports.snapTicks?.(view.start, view.stop) ?? { ticks: [], caught: null };
  const marks = { grid: rows.showsBeats ? grid : null, ...snap };
  drawWaveform(rows.wave, view, data.peaks, data.samples, theme, scene.waveHeight, ghost ?? selected, marks);
  if (scene.look.shown) {
    const boxes = stack.boxes((label) => ports.nameOf(label), (id) => id === scene.pointed || ports.isSelected(id));
    drawSpectrogram(rows.spectrogram, view, data.spectrogram, scene.look, theme, boxes, marked(scene, selected));
  }
  drawLanes(stack.canvas, view, stack.lanes, theme, stack.height, (id) => ports.isSelected(id), ports.chosen(), ghost, scene.marquee);
  scene.overview.draw(view, stack.lanes, stack.version, theme);
}

/** What is being dragged in the color that it will have, else what is selected. */
function marked({ ghost, stack, theme }: Scene, selected: SelectedSpan | null): SelectedSpan | null {
  if (!ghost) return selected;
  return { ...ghost, handles: false, color: selected?.color ?? ghost.color ?? stack.lanes[ghost.lane]?.label.color ?? theme.primary };
}
