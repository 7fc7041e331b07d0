/** Where the points come from that edges snap to: the server, the beats of the document, the lanes, the samples. */
import type { Api } from "../api/api";
import type { FoundBeat, SnapSources } from "../engine/snap_points";
import type { Stage } from "../engine/stage";

/** `stage` is asked for later: it is built after the points that it draws. */
export function snapSources(api: Api, task: string, stage: () => Stage, ownBeats: () => readonly FoundBeat[]): SnapSources {
  return {
    fetch: (start, stop, kinds) => api.snapPoints(task, start, stop, kinds),
    ownBeats,
    edges: (start, stop, but) =>
      stage()
        .lanes.filter((lane) => !lane.folded)
        .flatMap((lane) => [...lane.index.between(start, stop)])
        .filter((one) => !but.has(one.id))
        .flatMap((one) => [one.start, one.end])
        .filter((time) => time >= start && time <= stop),
    samples: () => {
      const { samples, peaks } = stage();
      if (!samples || !peaks) return null;
      const { sample_rate: rate, frames, channels } = peaks.header;
      return { store: samples, rate, frames, channels };
    },
  };
}
