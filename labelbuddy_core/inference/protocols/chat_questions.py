"""What an audio-language model is asked for by its outputs, and how its words become an answer.

Nothing is made up on the way: a label that the words do not name, or that the vocabulary does not have, is no tag.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.specification import Specification
from model_containers.audio_language.words import json_in, labels_in, timed_texts

_CAPTION, _TAGS, _REGIONS = "caption", "tags", "regions"
_NAMED = 20


def question(specification: Specification, prompt: str) -> str:
    """The prompt, followed by the form of the answer where tags or regions are wanted."""
    wanted = _wanted(specification)
    if wanted == {_CAPTION}:
        return prompt
    if _by_time_stamps(specification):
        return f"{prompt}\n\n{_STAMPS}{_words_for_tags(specification) if _TAGS in wanted else ''}"
    parts = []
    if _REGIONS in wanted:
        parts.append('"regions": [{"start": seconds, "end": seconds, "label": "…"}]')
    if _TAGS in wanted:
        parts.append('"tags": ["…"]')
    if _CAPTION in wanted:
        parts.append('"caption": "…"')
    labels = specification.labels
    only = f" Use only these labels: {json.dumps(labels, ensure_ascii=False)}." if labels else ""
    return f"{prompt}\n\nAnswer with one JSON object and nothing else: {{{', '.join(parts)}}}.{only}"


def answer_of(specification: Specification, text: str) -> dict[str, Any]:
    """Our answer from the model's words, with notes about what was left out.

    Raises `ModelProblem` when regions were asked for as JSON and the words hold none.
    """
    wanted = _wanted(specification)
    if wanted == {_CAPTION}:
        return {"text": [{"text": text}] if text else []}
    if _by_time_stamps(specification):
        return _from_time_stamps(specification, text, wanted)
    found = json_in(text)
    if found is None:
        if _REGIONS in wanted:
            raise ModelProblem(f"The model was asked for JSON with regions and answered: {text[:200]!r}")
        tags, notes = _tags(text, _labels(specification, "tag"))
        note = "The model answered words instead of JSON; the labels in them were taken as tags."
        caption = [{"text": text}] if _CAPTION in wanted else []
        return {"tags": tags, "text": caption, "notes": [note, *notes]}
    if isinstance(found, list):
        found = {_REGIONS if _REGIONS in wanted else _TAGS: found}
    notes: list[str] = []
    caption = found.get(_CAPTION)
    return {
        "regions": _known(_objects(found.get(_REGIONS)), specification.labels, notes) if _REGIONS in wanted else [],
        "tags": _known(_objects(found.get(_TAGS)), specification.labels, notes) if _TAGS in wanted else [],
        "text": [{"text": caption}] if _CAPTION in wanted and isinstance(caption, str) and caption.strip() else [],
        "notes": notes,
    }


_STAMPS = (
    "Write one line for each part of the recording, beginning with its times in minutes and seconds, "
    "like this: [0:00 - 0:15] words."
)


def _words_for_tags(specification: Specification) -> str:
    labels = ", ".join(_labels(specification, "tag"))
    return f" End with a line of its own: Tags: those of these labels that fit, separated by commas: {labels}."


def _from_time_stamps(specification: Specification, text: str, wanted: set[str]) -> dict[str, Any]:
    (label,) = _labels(specification, "region")
    described, _, listed = text.rpartition("Tags:") if _TAGS in wanted and "Tags:" in text else (text, "", "")
    timed, besides = timed_texts(described)
    notes = [] if timed else ["The model's words have no time stamps: no region could be taken from them."]
    tags: list[dict[str, Any]] = []
    if _TAGS in wanted:
        tags, told = _tags(listed or besides, _labels(specification, "tag"))
        notes += told
    # a stamp without an end holds until the next; that of the last is cut at the end of the sound by whoever checks
    ends = [*(after.start for _, after in pairwise(timed)), _NO_END][: len(timed)]
    regions = [
        {"start": one.start, "end": end if one.end is None else one.end, "label": label, "text": one.text}
        for one, end in zip(timed, ends, strict=True)
    ]
    caption = besides if timed else described.strip()
    text_parts = [{"text": caption}] if _CAPTION in wanted and caption else []
    return {"regions": regions, "tags": tags, "text": text_parts, "notes": notes}


_NO_END = 1e6
"""Seconds; beyond every piece that a model is asked about."""


def _by_time_stamps(specification: Specification) -> bool:
    chat = specification.chat
    return chat is not None and chat.regions == "time-stamps" and _REGIONS in _wanted(specification)


def _labels(specification: Specification, kind: str) -> list[str]:
    found = [label for item in specification.output_schema if item.type == kind for label in item.all_labels]
    return list(dict.fromkeys(found))


def _wanted(specification: Specification) -> set[str]:
    names = {"text": _CAPTION, "tag": _TAGS, "region": _REGIONS}
    return {names[item.type] for item in specification.output_schema if item.type in names} or {_CAPTION}


def _tags(text: str, labels: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """The labels that words name, and notes about the others."""
    found = labels_in(text, labels)
    notes = [_unknown(found.unknown)] if found.unknown else []
    if found.denied:
        notes.append(f"Named as absent, and not taken as tags: {', '.join(found.denied[:_NAMED])}.")
    return [{"label": one.label} for one in found.named], notes


def _objects(value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ModelProblem(f"The model's JSON must have lists for regions and tags; found {str(value)[:80]!r}.")
    return [{"label": one} if isinstance(one, str) else one if isinstance(one, dict) else {} for one in value]


def _known(items: list[dict[str, Any]], labels: list[str], notes: list[str]) -> list[dict[str, Any]]:
    """Items with a label of the vocabulary, spelled as there; everything when there is no vocabulary."""
    if not labels:
        return items
    spelling = {label.casefold(): label for label in labels}
    kept, unknown = [], set()
    for item in items:
        label = item.get("label")
        known = spelling.get(label.strip().casefold()) if isinstance(label, str) else None
        if known is None:
            unknown.add(str(label)[:40])
        else:
            kept.append({**item, "label": known})
    if unknown:
        notes.append(_unknown(sorted(unknown)))
    return kept


def _unknown(names: Iterable[str]) -> str:
    return f"Not in the model's vocabulary and left out: {', '.join(list(names)[:_NAMED])}."
