/** The heads of the lanes of tiers: clicks pick their tier for new regions. */
import { tierOf } from "../editing/tier_names";
import type { Stage } from "../engine/stage";
import type { Scope } from "../scope";

/** Clicks on the heads of lanes pick their tiers; returns what marks the head of the active one. */
export function tierHeads(stage: Stage, active: () => string | null, pick: (tier: string) => void, scope: Scope): () => void {
  const heads = (): HTMLElement[] => [...stage.root.querySelectorAll<HTMLElement>(".lane-head")];
  const tierAt = (index: number): string | null => tierOf(stage.lanes[index]?.label.id ?? "");
  scope.on(stage.root, "click", (event) => {
    const at = event.target as HTMLElement;
    const head = at.closest<HTMLElement>(".lane-head");
    const control = at.closest<HTMLElement>("button, select, input");
    const tier = head && (control === null || control === head) ? tierAt(heads().indexOf(head)) : null;
    if (tier) pick(tier);
  });
  return () => heads().forEach((head, index) => head.classList.toggle("active-tier", tierAt(index) === active()));
}
