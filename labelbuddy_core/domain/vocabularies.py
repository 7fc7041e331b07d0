"""Vocabularies that the text of a region can be held to: chords as Harte writes them, the sections of SALAMI, and words
of a label's own.

The same grammar as `frontend/src/engine/vocabularies.ts`; both are tested with `tests/vocabularies.json`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_DEGREE: Final = r"[b#]*(?:1[0-3]|[1-9])"
_SHORTHANDS: Final = (
    *("maj", "min", "dim", "aug", "maj7", "min7", "7", "dim7", "hdim7", "minmaj7", "maj6", "min6", "9", "maj9", "min9"),
    *("sus4", "sus2", "6", "11", "13", "maj11", "min11", "maj13", "min13", "1", "5"),
)
_DEGREES: Final = rf"\(\*?{_DEGREE}(?:,\*?{_DEGREE})*\)"
_SHORTHAND: Final = "|".join(sorted(_SHORTHANDS, key=len, reverse=True))
_CHORD: Final = re.compile(
    rf"[NX]|[A-G][b#]*(?::(?:(?:{_SHORTHAND})(?:{_DEGREES})?|{_DEGREES}))?(?:/{_DEGREE})?", re.ASCII
)
"""Chords as Harte, Sandler, Abdallah and Gómez write them ("Symbolic representation of musical chords", ISMIR 2005):
root, shorthand, degrees in brackets, bass; N for none. X (cannot be told) and the shorthands from `sus2` on are those
that the Isophonics and Billboard datasets added and mir_eval reads."""

SALAMI_FUNCTIONS: Final = (
    *("applause", "backing", "bridge", "break", "build", "call_and_response", "chorus", "coda"),
    *("contrasting_middle", "count-in", "crowd_sounds", "da_capo", "development", "end", "exposition", "fadeout"),
    *("fade-out", "groove", "gypsy", "head", "instrumental", "interlude", "intro", "introduction", "main theme"),
    *("no_function", "ostinato", "outro", "pick-up", "post-cadential", "post-chorus", "post-verse", "pre-chorus"),
    *("pre-verse", "recapitulation", "ritornello", "secondary theme", "silence", "solo", "spoken", "stage_sounds"),
    *("theme", "third theme", "trans", "transition", "variation", "verse", "voice", "voice_female", "voice_male"),
)
"""Functions of sections in SALAMI (Smith et al., ISMIR 2011), as the JAMS namespace `segment_salami_function` lists
them."""
_LETTERS: Final = re.compile(r"[A-Za-z]{1,2}['’]{0,5}")
"""Letters of large and small sections, primed when varied."""


_NAMED: Final = 6
"""So many words of a label are told where another was written."""


def problem_of_text(vocabulary: str, text: str, words: Sequence[str] = ()) -> str | None:
    """Why a text is not of its vocabulary, or None; no text is of every vocabulary.

    Vocabularies are `free`, `harte`, `salami`, and `own`: one of `words`, spelled as there.
    """
    word = text.strip()
    if vocabulary == "free" or not word:
        return None
    if vocabulary == "harte":
        if _CHORD.fullmatch(word):
            return None
        return f"“{word[:40]}” is no chord as Harte writes it: for example C, A:min, Bb:maj7/3, F#:(1,b3,5), N."
    if vocabulary == "own":
        named = ", ".join(words[:_NAMED]) + (" …" if len(words) > _NAMED else "")
        return None if word in words else f"“{word[:40]}” is none of the words of its label: {named}."
    if word.lower() in SALAMI_FUNCTIONS or _LETTERS.fullmatch(word):
        return None
    return f"“{word[:40]}” is no section of SALAMI: a letter such as A or b’, or applause, bridge, chorus, verse …"
