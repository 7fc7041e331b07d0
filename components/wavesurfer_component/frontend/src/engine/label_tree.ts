/** Labels as a taxonomy, and the ones whose names somebody types. */
import type { Label } from "../api/answers";

export interface LabelNode {
  label: Label;
  children: LabelNode[];
}

/** The labels under their parents, in their own order. */
export function labelTree(labels: readonly Label[]): LabelNode[] {
  const nodes = new Map(labels.map((label) => [label.id, { label, children: [] as LabelNode[] }]));
  const roots: LabelNode[] = [];
  for (const node of nodes.values()) {
    const parent = node.label.parent === null ? undefined : nodes.get(node.label.parent);
    (parent?.children ?? roots).push(node);
  }
  return roots;
}

/** The labels that every typed word begins or is part of, those that begin with it first; case and accents do not matter. */
export function matching(labels: readonly Label[], typed: string): Label[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  if (!words.length) return [...labels];
  const names = new Map(labels.map((label) => [label.id, plain(label.name)]));
  const byId = new Map(labels.map((label) => [label.id, label]));
  const path = (label: Label): string => {
    let text = names.get(label.id)!;
    let at = label;
    for (let depth = 0; at.parent !== null && depth < 20; depth++) {
      const parent = byId.get(at.parent);
      if (!parent) break;
      text += ` ${names.get(parent.id)}`;
      at = parent;
    }
    return text;
  };
  const found = labels.filter((label) => {
    const name = names.get(label.id)!;
    if (words.every((word) => name.includes(word))) return true;
    if (label.parent === null) return false;
    const whole = path(label);
    return words.every((word) => whole.includes(word));
  });
  const rank = (label: Label): number => {
    const name = names.get(label.id)!;
    return name === words.join(" ") ? 0 : name.startsWith(words[0]!) ? 1 : name.includes(words[0]!) ? 2 : 3;
  };
  return found.map((label, index) => ({ label, index, rank: rank(label) })).sort((one, other) => one.rank - other.rank || one.index - other.index).map((one) => one.label);
}

const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
