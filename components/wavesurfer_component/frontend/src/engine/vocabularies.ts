/** Vocabularies that the text of a region can be held to. */
import { msg, t } from "../i18n";

import type { Label } from "../api/answers";

export type Vocabulary = Label["vocabulary"];
/** What a label says about the text of its regions. */
export type Worded = Pick<Label, "vocabulary" | "words">;

export const VOCABULARY_NAMES: Record<Vocabulary, string> = {
  free: msg("Text of the region"),
  harte: msg("Chord, for example C:min7/b3"),
  salami: msg("Section, for example verse, chorus, A, b’"),
  own: msg("One of the words of the label"),
};

/**
 * Chords as Harte, Sandler, Abdallah and Gómez write them ("Symbolic representation of musical chords", ISMIR 2005):
 * root, shorthand, degrees in brackets, bass; N for none. X (cannot be told) and the shorthands from `sus2` on are those that
 * the Isophonics and Billboard datasets added and mir_eval reads.
 */
const DEGREE = "[b#]*(?:1[0-3]|[1-9])";
const SHORTHANDS = ["maj", "min", "dim", "aug", "maj7", "min7", "7", "dim7", "hdim7", "minmaj7", "maj6", "min6", "9", "maj9", "min9", "sus4", "sus2", "6", "11", "13", "maj11", "min11", "maj13", "min13", "1", "5"];
const DEGREES = `\\(\\*?${DEGREE}(?:,\\*?${DEGREE})*\\)`;
const SHORTHAND = [...SHORTHANDS].sort((one, other) => other.length - one.length).join("|");
const CHORD = new RegExp(`^(?:[NX]|[A-G][b#]*(?::(?:(?:${SHORTHAND})(?:${DEGREES})?|${DEGREES}))?(?:/${DEGREE})?)$`);

/** Functions of sections in SALAMI (Smith et al., ISMIR 2011), as the JAMS namespace `segment_salami_function` lists them. */
const SALAMI_FUNCTIONS: readonly string[] = [
  "applause", "backing", "bridge", "break", "build", "call_and_response", "chorus", "coda", "contrasting_middle", "count-in", "crowd_sounds",
  "da_capo", "development", "end", "exposition", "fadeout", "fade-out", "groove", "gypsy", "head", "instrumental", "interlude", "intro",
  "introduction", "main theme", "no_function", "ostinato", "outro", "pick-up", "post-cadential", "post-chorus", "post-verse", "pre-chorus",
  "pre-verse", "recapitulation", "ritornello", "secondary theme", "silence", "solo", "spoken", "stage_sounds", "theme", "third theme", "trans",
  "transition", "variation", "verse", "voice", "voice_female", "voice_male",
];
/** Letters of large and small sections, primed when varied. */
const LETTERS = /^[A-Za-z]{1,2}['’]{0,5}$/;

/** Why a text is not of its vocabulary, or null; nothing is of every vocabulary. */
export function problemOfText({ vocabulary, words = [] }: Worded, text: string): string | null {
  const word = text.trim();
  if (vocabulary === "free" || !word) return null;
  if (vocabulary === "harte") return CHORD.test(word) ? null : t("{word} is no chord as Harte writes it: for example C, A:min, Bb:maj7/3, F#:(1,b3,5), N.", { word });
  if (vocabulary === "own") {
    if (words.includes(word)) return null;
    return t("{word} is none of the words of its label: {words}.", { word, words: words.slice(0, 6).join(", ") + (words.length > 6 ? " …" : "") });
  }
  if (SALAMI_FUNCTIONS.includes(word.toLowerCase()) || LETTERS.test(word)) return null;
  return t("{word} is no section of SALAMI: a letter such as A or b’, or {functions} …", { word, functions: SALAMI_FUNCTIONS.slice(0, 4).join(", ") });
}

/** The sections that most songs have come first. */
const USUAL_SECTIONS: readonly string[] = ["intro", "verse", "pre-chorus", "chorus", "bridge", "solo", "instrumental", "interlude", "outro", "silence"];
const ROOTS: readonly string[] = [...[..."CDEFGAB"].flatMap((letter) => [letter, `${letter}#`, `${letter}b`]), "N", "X"];
const BASSES: readonly string[] = ["3", "b3", "5", "b7", "7", "9", "2", "4", "6"];

/** Words of a vocabulary that what is typed may become, likely ones first; none where anything may be said. */
export function completions({ vocabulary, words = [] }: Worded, typed: string): string[] {
  const word = typed.trimStart();
  if (vocabulary === "own") return found(words, word);
  if (vocabulary === "salami") return found([...USUAL_SECTIONS, ...SALAMI_FUNCTIONS.filter((one) => !USUAL_SECTIONS.includes(one))], word);
  return vocabulary === "harte" ? chords(word) : [];
}

/** Words that begin as what is typed, then those that have it in them. */
function found(words: readonly string[], typed: string): string[] {
  const wanted = typed.toLowerCase();
  const begins = (one: string): boolean => one.toLowerCase().startsWith(wanted);
  return [...words.filter(begins), ...words.filter((one) => !begins(one) && one.toLowerCase().includes(wanted))];
}

/** First a root, then the kind of chord, then its bass. */
function chords(word: string): string[] {
  if (!word) return [...ROOTS];
  const [, root, kind, bass] = /^([A-G][b#]*)(:[^/]*)?(\/.*)?$/.exec(word) ?? [];
  if (root === undefined) return [];
  if (bass !== undefined) return BASSES.map((one) => `${root}${kind ?? ""}/${one}`).filter((one) => one.startsWith(word));
  const kinds = SHORTHANDS.map((one) => `${root}:${one}`).filter((one) => one.startsWith(word));
  return kind === undefined ? [...ROOTS.filter((one) => one !== word && one.startsWith(word)), ...kinds] : kinds;
}
