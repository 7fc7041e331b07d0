/** The panels beside the stage: suggestions, labels, tiers, the selected region, beats, clip tags and caption. */
import type { Project } from "../api/answers";
import type { Store } from "../editing/store";
import { captionPanel } from "./caption";
import { labelPalette } from "./labels";
import type { PanelPorts } from "./ports";
import { regionPanel } from "./region";
import { suggestionPanel } from "./suggestions";
import { tagPanel } from "./tags";

export interface Part {
  root: HTMLElement;
  refresh(): void;
}

export interface Panel {
  sections: HTMLElement[];
  refresh(): void;
  focusText(): void;
  focusSearch(): void;
  /** Make an edit of what was typed and is not one yet. */
  commit(): void;
  /** Why something typed is not kept; null when all of it is. */
  unkept(): string | null;
  chosenModel(): string;
}

export function capturePanel(project: Project, store: Store, ports: PanelPorts, beats: Part | null, tiers: Part | null): Panel {
  const labels = ports.readonly ? null : labelPalette(project, ports);
  const tags = project.controls.tags ? tagPanel(project, store, ports) : null;
  const caption = project.controls.caption ? captionPanel(store, ports) : null;
  const suggestions = suggestionPanel(store, ports);
  const region = regionPanel(store, ports);
  const parts: Part[] = [suggestions, labels, tiers, region, beats, tags, caption].filter((part) => part !== null);
  return {
    sections: parts.map((part) => part.root),
    refresh: () => parts.forEach((part) => part.refresh()),
    focusText: () => region.focus(),
    focusSearch: () => labels?.focus(),
    commit: () => {
      region.commit();
      caption?.commit();
    },
    unkept: () => region.unkept(),
    chosenModel: () => suggestions.chosen(),
  };
}
