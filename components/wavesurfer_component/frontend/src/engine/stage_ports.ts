/** What the stage asks of the editor, or of the review, around it. */
import type { Drawn } from "../layers/regions";
import type { LaneHeadPorts } from "../panels/lane_heads";

/** The selected region as the layers draw it; frequencies in Hz, null where it is not bounded. */
export interface SelectedSpan {
  start: number;
  end: number;
  low: number | null;
  high: number | null;
  color: string;
  /** Whether its edges can be pulled. */
  handles: boolean;
}

export interface StagePorts {
  isSelected(id: string): boolean;
  /** The name of a label. */
  nameOf(label: string): string;
  /** What is selected; of very many only some. */
  chosen(): readonly Drawn[];
  selectedSpan(): SelectedSpan | null;
  follow(): boolean;
  /** Instants that edges may snap to in a stretch, and the one that an edge has just snapped to. */
  snapTicks?(start: number, stop: number): { ticks: readonly number[]; caught: number | null } | undefined;
  /** It is known now how many channels there are. */
  opened?(channels: number): void;
  /** The waveform is drawn for the first time, or cannot be. */
  drawn?(): void;
  /** What can be done to lanes at their heads. */
  heads?: LaneHeadPorts;
}
