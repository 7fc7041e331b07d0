/** The versions of a task beside each other: where they differ, what of them is selected, and the ground truth of each place. */
import type { Project } from "../api/answers";
import type { Region } from "../editing/document";
import type { KeyValueStore } from "../editing/journals";
import { type Group, groupAbout, groupsOf, type Tolerances } from "./disagreements";
import type { GroundTruth } from "./ground_truth";
import { partGroups } from "./parts";
import { laneOfVersion, type ReviewVersion } from "./versions";

export interface Measures {
  /** Seconds. */
  collar: number;
  labelDistance: number;
}

/** A drawn region: of a version, or of the ground truth (null). */
export interface Found {
  version: ReviewVersion | null;
  mark: Region;
}

const USUAL: Measures = { collar: 0.2, labelDistance: 0 };
const TRUTH = "truth:";

export class Comparison {
  private readonly keptAs: string;
  private present: Measures;
  private found: { key: string; sounds: Group[]; groups: Group[] } | null = null;
  private readonly parents: ReadonlyMap<string, string | null>;
  private readonly byId = new Map<string, Found>();

  constructor(
    readonly versions: readonly ReviewVersion[],
    readonly truth: GroundTruth | null,
    project: Project,
    private readonly store: KeyValueStore,
    /** Versions whose lanes are hidden are not compared. */
    private readonly isHidden: (lane: string) => boolean,
    /** Of the task (s). */
    private readonly bounds: { start: number; stop: number },
  ) {
    this.keptAs = `labelbuddy:disagreements:${project.id}`;
    this.present = { ...USUAL, ...kept(store.getItem(this.keptAs)) };
    this.parents = new Map(project.labels.map(({ id, parent }) => [id, parent]));
    for (const version of versions) for (const mark of version.marks) this.byId.set(this.idOf(version, mark), { version, mark });
  }

  /** How much may differ; remembered in this browser for the project. */
  get measures(): Measures {
    return this.present;
  }

  set measures(measures: Measures) {
    this.present = measures;
    this.store.setItem(this.keptAs, JSON.stringify(measures));
  }

  get compared(): ReviewVersion[] {
    return this.versions.filter((one) => !this.isHidden(laneOfVersion(one)));
  }

  /** What is about sounds, and what is about tags, caption and beats, in order of time. */
  get groups(): Group[] {
    return this.now.groups;
  }

  private get now(): { sounds: Group[]; groups: Group[] } {
    const { compared } = this;
    const key = JSON.stringify([this.present, compared.map((one) => one.id)]);
    if (this.found?.key === key) return this.found;
    const sounds = groupsOf(compared, this.tolerances);
    const parts = partGroups(compared, this.bounds);
    for (const part of parts) {
      for (const [id, mark] of part.members) {
        const version = this.versions.find((one) => one.id === id)!;
        this.byId.set(this.idOf(version, mark), { version, mark: mark as Region });
      }
    }
    this.found = { key, sounds, groups: [...parts, ...sounds].sort((a, b) => a.start - b.start) };
    return this.found;
  }

  /** The groups in which not all say the same. */
  get disagreements(): Group[] {
    return this.groups.filter((group) => group.differing > 0);
  }

  /** What a mark of a version is called where it is drawn: the annotation under review has the names of its regions. */
  idOf(version: ReviewVersion | null, mark: { id: string }): string {
    if (version === null) return TRUTH + mark.id;
    return version === this.versions[0] ? mark.id : `${version.id}:${mark.id}`;
  }

  called(id: string | null): Found | null {
    if (id === null) return null;
    if (!id.startsWith(TRUTH)) return this.byId.get(id) ?? null;
    const mark = this.truth?.marks.find((one) => TRUTH + one.id === id);
    return mark ? { version: null, mark } : null;
  }

  /** The group that a drawn region belongs to. */
  groupOf(id: string | null): Group | null {
    const found = this.called(id);
    if (!found) return null;
    const { version, mark } = found;
    if (version) return this.groups.find((group) => group.members.get(version.id) === mark) ?? null;
    return groupAbout(mark, this.now.sounds, this.tolerances);
  }

  /** The regions that the ground truth has of a group. */
  truthOf(group: Group): Region[] {
    const near = (this.truth?.marks ?? []).filter((mark) => mark.end >= group.start - 1 && mark.start <= group.end + 1);
    return near.filter((mark) => groupAbout(mark, this.now.sounds, this.tolerances) === group);
  }

  private get tolerances(): Tolerances {
    return { ...this.present, parents: this.parents };
  }
}

function kept(text: string | null): Partial<Measures> {
  try {
    return JSON.parse(text ?? "{}") as Partial<Measures>;
  } catch {
    return {};
  }
}
