"""Suggest which label of a project a model's label means, by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches


def suggest_label_map(model_labels: Iterable[str], project_labels: Mapping[str, str]) -> dict[str, str]:
    """Model label → id of the project label of the same name; `project_labels` maps ids to names.

    The very same name comes first, then one that differs in case, accents, spaces, underscores and hyphens between
    words, then in a plural s; an id counts like a name where no name fits. Other signs mean something (C and C#, A+ and
    A-). Left out is what has no counterpart, or several.
    """
    found: dict[str, str] = {}
    wanted = list(model_labels)
    for names in (project_labels, {label_id: label_id for label_id in project_labels}):
        for spelling in (str, alike, _singular):
            by_name: dict[str, set[str]] = {}
            for label_id, name in names.items():
                by_name.setdefault(spelling(name), set()).add(label_id)
            for label in wanted:
                if label not in found and (candidates := by_name.get(spelling(label))):
                    found[label] = next(iter(candidates)) if len(candidates) == 1 else ""
    return {label: found[label] for label in wanted if found.get(label)}


def similar_labels(model_labels: Iterable[str], project_labels: Mapping[str, str]) -> dict[str, str]:
    """Model label → id of the project label that comes near: shares most of its words or their synonyms, or is spelled
    almost alike. To be confirmed by a person; labels that deny something match only those that deny it too."""
    words = {label_id: _meanings(name) for label_id, name in project_labels.items()}
    spelled = {normalized(name): label_id for label_id, name in project_labels.items()}
    having: dict[str, set[str]] = {}
    for label_id, meanings in words.items():
        for word in meanings:
            having.setdefault(word, set()).add(label_id)
    found: dict[str, str] = {}
    for label in model_labels:
        meanings = _meanings(label)
        candidates = set().union(*(having.get(word, set()) for word in meanings)) if meanings else set()
        near = [(_overlap(meanings, words[one]), project_labels[one], one) for one in candidates]
        best = max(near, default=(0.0, "", ""))
        if best[0] >= _ENOUGH:
            found[label] = best[2]
        elif len(spelled) <= _SPELLED_MOST:
            near_ones = [spelled[name] for name in get_close_matches(normalized(label), spelled, 1, _ALIKE)]
            found.update((label, one) for one in near_ones if bool(meanings & _DENIALS) == bool(words[one] & _DENIALS))
    return found


_ENOUGH = 0.5
_ALIKE = 0.85
_SPELLED_MOST = 500
_DENIALS = frozenset({"no", "non", "not", "without"})
_SYNONYMS = (
    ("speech", "voice", "vocal", "speaking", "talking", "spoken", "speaker"),
    ("singing", "singer", "sung", "song"),
    ("music", "musical"),
    ("dog", "canine", "bark", "barking"),
    ("bird", "birdsong", "chirp", "tweet"),
    ("car", "vehicle", "automobile"),
    ("drum", "drums", "percussion"),
    ("silence", "silent", "quiet"),
    ("noise", "noisy"),
    ("laughter", "laugh", "laughing"),
    ("man", "male", "men"),
    ("woman", "female", "women"),
)
_MEANING = {word: group[0] for group in _SYNONYMS for word in group}


def _meanings(name: str) -> frozenset[str]:
    return frozenset(_MEANING.get(word, word) for word in normalized(name).split())


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's index of two sets of words; 0 when only one of them denies."""
    if bool(one & _DENIALS) != bool(other & _DENIALS):
        return 0.0
    return len(one & other) / len(one | other)


def alike(name: str) -> str:
    """A name without case, accents, and what stands between its words: spaces, underscores, hyphens."""
    return " ".join(_BETWEEN.sub(" ", _plain(name)).split())


_BETWEEN = re.compile(r"_|(?<=\w)-(?=\w)")


def _singular(name: str) -> str:
    return " ".join(map(_without_s, alike(name).split()))


def normalized(name: str) -> str:
    """A name without what people write differently, and without all signs."""
    return " ".join(map(_without_s, re.findall(r"\w+", _plain(name).replace("_", " "))))


def _plain(name: str) -> str:
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(character)
    )


def _without_s(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
