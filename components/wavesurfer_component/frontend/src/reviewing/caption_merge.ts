/** Making one caption out of phrases of several: no page and no server. */
import type { CaptionClaim, ComparedCaptions } from "../api/answers";

/** What one or more captions say at a place where others say something else. */
export interface Variant {
  text: string;
  /** Who says it. */
  who: readonly string[];
  /** Who contradicts something in it. */
  against: readonly string[];
  /** Words in it that nobody else says in any form. */
  alone: readonly string[];
}

/** A stretch that all captions say (one variant), or the ways in which they say it. */
export interface Choice {
  same: boolean;
  variants: readonly Variant[];
}

export function choicesOf({ captions, phrases }: ComparedCaptions): Choice[] {
  const nameOf = new Map(captions.map((one) => [one.annotation, one.annotator]));
  return phrases.map(({ same, texts, places }) => {
    const variants = new Map<string, { text: string; who: string[]; against: Set<string>; alone: Set<string> }>();
    texts.forEach((text, place) => {
      if (!text || (same && variants.size)) return;
      const key = text.toLowerCase();
      const caption = captions[place]!;
      const variant = variants.get(key) ?? { text, who: [], against: new Set<string>(), alone: new Set<string>() };
      variants.set(key, variant);
      variant.who.push(caption.annotator);
      for (const claim of within(caption.claims, places[place]!)) {
        for (const other of claim.against) variant.against.add(nameOf.get(other) ?? other);
        if (!claim.support.length && !claim.against.length) variant.alone.add(claim.text);
      }
    });
    return { same, variants: [...variants.values()].map((one) => ({ ...one, against: [...one.against], alone: [...one.alone] })) };
  });
}

/** The text with a phrase in it: in the place of another way to say it, else at the cursor; with where the cursor is then. */
export function withPhrase(text: string, phrase: string, others: readonly string[], cursor: number): { text: string; cursor: number } {
  for (const other of [...others].sort((a, b) => b.length - a.length)) {
    const at = other ? text.indexOf(other) : -1;
    if (at >= 0) return { text: text.slice(0, at) + phrase + text.slice(at + other.length), cursor: at + phrase.length };
  }
  const before = text.slice(0, cursor).replace(/\s+$/, "");
  const after = text.slice(cursor).replace(/^\s+/, "");
  const head = before ? `${before} ${phrase}` : phrase;
  const glue = after && !/^[.,;:!?]/.test(after) ? " " : "";
  return { text: head + glue + after, cursor: head.length };
}

function within(claims: readonly CaptionClaim[], [start, end]: readonly [number, number]): CaptionClaim[] {
  return claims.filter((claim) => claim.start < end && start < claim.end);
}
