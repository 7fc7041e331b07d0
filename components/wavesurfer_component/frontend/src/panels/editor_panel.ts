/** The panels beside the stage, connected to what they show and change. */
import type { Project, ProjectModel, Task } from "../api/answers";
import type { Api } from "../api/api";
import type { Beats } from "../editing/beats";
import type { Choosing } from "../editing/choosing";
import type { Deciding } from "../editing/deciding";
import type { Edits } from "../editing/edits";
import { reject } from "../editing/editor_actions";
import type { LabelKeys } from "../editing/label_keys";
import type { LaneStates } from "../editing/lane_states";
import type { Locks } from "../editing/locks";
import type { PersonalKeys } from "../editing/personal_keys";
import type { StageContents } from "../editing/stage_contents";
import type { Store } from "../editing/store";
import type { Tiers } from "../editing/tiers";
import type { FirstPass } from "../first_pass";
import type { Predicting } from "../predicting";
import { beatPanel } from "./beats";
import { capturePanel, type Panel } from "./capture";
import { tierPanel } from "./tiers";

export interface EditorParts {
  api: Pick<Api, "served" | "readonly" | "people">;
  project: Project;
  task: Task;
  models: ProjectModel[];
  store: Store;
  edits: Edits;
  deciding: Deciding;
  beats: Beats;
  labels: LabelKeys;
  lanes: LaneStates;
  locks: Locks;
  tiers: Tiers;
  firstPass: FirstPass;
  keys: PersonalKeys;
  choosing: Choosing;
  contents: StageContents;
  predicting: Predicting;
  editable(): boolean;
  playhead(): number;
  focus(): void;
  act(action: string): void;
  refresh(): void;
  complain(text: string): void;
}

export function editorPanel(parts: EditorParts): Panel {
  const { project, task, store, edits, deciding, labels, keys, contents, tiers, firstPass, predicting, editable, act, refresh } = parts;
  const changing = (action: () => void): void => {
    if (editable()) action();
  };
  const beats = project.controls.points ? beatPanel(parts.beats, store, { editable, playhead: parts.playhead, act, complain: parts.complain }) : null;
  return capturePanel(
    project,
    store,
    {
      editable,
      locked: (region) => parts.locks.hold(region),
      activeLabel: () => labels.active,
      pickLabel: (id) => labels.pick(id),
      keyOf: (label) => keys.shownFor(label.key),
      keysNumber: () => keys.number,
      begun: () => edits.inPoint !== null,
      instants: project.controls.points,
      backToEditor: () => parts.focus(),
      accept: (ids) => changing(() => deciding.accept(ids)),
      reject: (ids) => changing(() => reject(store, edits, deciding, ids)),
      remove: () => act("delete"),
      merge: () => act("merge"),
      play: () => act("play-region"),
      findsSimilar: parts.api.served,
      readonly: parts.api.readonly,
      people: parts.api.people === true,
      changeRegion: (id, changes, key) =>
        changing(() => {
          const region = edits.grabbed(id);
          if (region) edits.change(region, changes, `${key}:${id}`);
        }),
      changeSelected: (changesOf) => changing(() => void edits.changeAll(edits.chosen, changesOf)),
      takeBack: (ids) => changing(() => deciding.takeBack(ids)),
      takeBackItem: (id, item) => changing(() => deciding.takeBackItem(id, item)),
      acceptTag: (id, label) => changing(() => deciding.acceptTag(id, label)),
      rejectItem: (id, item) => changing(() => deciding.rejectItem(id, item)),
      acceptCaption: () => changing(() => deciding.acceptCaption()),
      acceptLabel: (label) => changing(() => deciding.acceptAll(label)),
      rejectLabel: (label) => changing(() => deciding.rejectAll(label)),
      thresholdMoved: refresh,
      act,
      toggleScores: () => void keys.set({ scores: store.hidesScores ? "shown" : "hidden" }).catch((error: unknown) => parts.complain(String(error))),
      modelsApart: () => contents.modelsApart,
      setModelsApart: (apart) => {
        contents.modelsApart = apart;
        refresh();
      },
      withheld: () => firstPass.reason,
      asksForFirstPass: () => firstPass.withheld?.setting === "after_first_pass",
      declareFirstPass: () => changing(() => void firstPass.declare()),
      tiers: () => (tiers.on ? tiers.names : null),
      predict: (model, selection) => changing(() => void predicting.ask(model, selection ? parts.choosing.stretch : null)),
      cancelPrediction: () => void predicting.cancel(),
      models: parts.models,
      job: () => predicting.job,
      jobProblem: () => predicting.problem,
      first: task.start,
      last: task.stop,
      highest: task.recording.sample_rate / 2,
      complain: parts.complain,
    },
    beats,
    tiers.on ? tierPanel(tiers, editable) : null,
  );
}
