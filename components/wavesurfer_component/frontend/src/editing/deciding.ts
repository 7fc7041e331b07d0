/** Decisions on what models suggest: accept, reject, take a rejection back; one by one, by label, by score. Each is one step of undo. */
import { plural, t } from "../i18n";
import type { Change, Decided, Region, Tag } from "./document";
import type { EditPorts } from "./edits";
import { Placing } from "./placing";
import type { Store } from "./store";
import { keysTo } from "../panels/key_hints";

/** Which suggestions are decided upon: by their side of the threshold, and of one label only where it is given. */
interface Group {
  side: "above" | "below";
  label: string | null;
}

/** Suggestions of a group, regions and tags of the clip. */
interface Chosen {
  regions: { prediction: { id: string }; region: Region }[];
  tags: { prediction: { id: string }; tag: Tag }[];
}

export class Deciding {
  private readonly placing: Placing;

  constructor(
    private readonly store: Store,
    private readonly ports: Pick<EditPorts, "say" | "complain" | "tierFor">,
  ) {
    this.placing = new Placing(store, (text) => ports.complain(text));
  }

  /** Accept regions that are suggested, also those that were rejected before. */
  accept(ids: readonly string[]): void {
    const found = ids.map((id) => this.store.suggestion(id) ?? this.store.rejected(id)).filter((one) => one !== null);
    const rejected = found.filter(({ region }) => this.store.suggestion(region.id) === null);
    const taken = this.taken(found.map(({ region }) => region));
    const back = rejected.filter(({ region }) => taken.some((change) => change.id === region.id)).map(({ prediction, region }) => this.store.reconsideration(prediction.id, region.id));
    const made = Math.min(this.store.edit([...back, ...taken]), taken.length);
    if (made) this.ports.say(plural(made, "{label} accepted", "{count} suggestions accepted", { label: this.store.label(found[0]!.region.label).name }));
  }

  /** Accept what is at or above the threshold; of one label only when it is given. */
  acceptAll(label: string | null = null): void {
    if (this.unseen()) return;
    const { regions, tags } = this.chosen({ side: "above", label });
    const by = this.by({ side: "above", label });
    const changes = [...this.taken(regions.map(({ region }) => region), by), ...best(tags).map((tag) => ({ ...this.store.put("tags", tag.label, tag), by }))];
    const made = this.store.edit(changes);
    if (made || !(regions.length + tags.length)) this.ports.say(plural(made, "{count} suggestion accepted", "{count} suggestions accepted"));
  }

  /** Reject what is at or above the threshold; of one label only when it is given. */
  rejectAll(label: string | null = null): void {
    this.rejectGroup({ side: "above", label });
  }

  rejectBelow(): void {
    this.rejectGroup({ side: "below", label: null });
  }

  /** Reject an item of a prediction: a region by its id, `tag:<label>` or `caption`; how many were rejected. */
  rejectItem(prediction: string, item: string): number {
    const made = this.store.edit([this.store.rejection(prediction, item)]);
    if (made) this.ports.say(t("Suggestion rejected; Ctrl+Z brings it back"));
    return made;
  }

  /** Make rejected regions open suggestions again; how many. */
  takeBack(ids: readonly string[]): number {
    const found = ids.map((id) => this.store.rejected(id)).filter((one) => one !== null);
    return this.reopen(found.map(({ prediction, region }) => this.store.reconsideration(prediction.id, region.id)));
  }

  /** The same for any rejected item of a prediction. */
  takeBackItem(prediction: string, item: string): void {
    this.reopen([this.store.reconsideration(prediction, item)]);
  }

  acceptTag(prediction: string, label: string): void {
    const found = this.store.suggestedTags().find((one) => one.prediction.id === prediction && one.tag.label === label);
    if (found) this.store.edit([this.store.put("tags", label, found.tag)]);
  }

  acceptCaption(): void {
    const found = this.store.suggestedCaption();
    if (found) this.store.edit([this.store.put("caption", "caption", found.caption)]);
  }

  private rejectGroup(group: Group): void {
    if (this.unseen()) return;
    const { regions, tags } = this.chosen(group);
    const items = [...regions.map(({ prediction, region }) => [prediction.id, region.id] as const), ...tags.map(({ prediction, tag }) => [prediction.id, `tag:${tag.label}`] as const)];
    const by = this.by(group);
    const made = this.store.edit(items.map(([prediction, item]) => ({ ...this.store.rejection(prediction, item), by })));
    if (made || !items.length) this.ports.say(plural(made, "{count} suggestion rejected", "{count} suggestions rejected"));
  }

  private chosen({ side, label }: Group): Chosen {
    const { threshold } = this.store;
    const fits = (of: string, score: number): boolean => (side === "above") === score >= threshold && (label === null || of === label);
    return {
      regions: this.store.suggestions().filter(({ region }) => fits(region.label, region.origin.score ?? 0)),
      tags: this.store.suggestedTags().filter(({ tag }) => fits(tag.label, scoreOfTag(tag))),
    };
  }

  private by({ side, label }: Group): Decided {
    return { how: side === "below" ? "below" : label === null ? "all" : "label", threshold: this.store.threshold };
  }

  private reopen(changes: Change[]): number {
    const made = this.store.edit(changes);
    if (made) this.ports.say(plural(made, "The suggestion is open again", "{count} suggestions are open again"));
    return made;
  }

  /** Nobody decides on what they do not see. */
  private unseen(): boolean {
    if (this.store.hidesSuggestions) this.ports.complain(t("Suggestions are hidden. Show them ({keys}) to decide on them.", { keys: keysTo("hide-suggestions") }));
    return this.store.hidesSuggestions;
  }

  /** The changes that make suggestions part of the document, as far as the rules of their labels let them. */
  private taken(suggested: readonly Region[], by?: Decided): Change[] {
    const found = new Map(suggested.map((region) => [region.id, region]));
    const lying = (region: Region): Region => {
      const tier = this.ports.tierFor(region.tier);
      return tier === null ? region : { ...region, tier };
    };
    const fits = this.placing.several(suggested.map(lying));
    const cut = ({ id, start, end }: Region): boolean => start !== found.get(id)!.start || end !== found.get(id)!.end;
    const taken = fits.map((region) => (cut(region) ? { ...region, origin: { ...region.origin, edited: true } } : region));
    return taken.map((region) => ({ ...this.store.putRegion(region), ...(by ? { by } : {}) }));
  }
}

/** How sure a model is of a tag of the clip, 0 … 1. */
export const scoreOfTag = ({ score, origin }: Tag): number => score ?? origin.score ?? 0;

/** One tag for each label: that of the model that is surest. */
function best(tags: Chosen["tags"]): Tag[] {
  const found = new Map<string, Tag>();
  for (const { tag } of tags) {
    const before = found.get(tag.label);
    if (!before || scoreOfTag(tag) > scoreOfTag(before)) found.set(tag.label, tag);
  }
  return [...found.values()];
}
