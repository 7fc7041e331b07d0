"""What an audio-language model is asked for by its outputs, and how its words become an answer."""

from __future__ import annotations

import json
import re
from typing import Any

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.specification import Specification

_CAPTION, _TAGS, _REGIONS = "caption", "tags", "regions"


def question(specification: Specification, prompt: str) -> str:
    """The prompt, followed by the form of the answer where tags or regions are wanted."""
    wanted = _wanted(specification)
    if wanted == {_CAPTION}:
        return prompt
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

    Raises `ModelProblem` when regions were asked for and the words hold no JSON.
    """
    wanted = _wanted(specification)
    if wanted == {_CAPTION}:
        return {"text": [{"text": text}] if text else []}
    found = _json_in(text)
    if found is None:
        if _REGIONS in wanted:
            raise ModelProblem(f"The model was asked for JSON with regions and answered: {text[:200]!r}")
        named = _named_in(text, specification.labels)
        note = "The model answered words instead of JSON; the labels in them were taken as tags."
        caption = [{"text": text}] if _CAPTION in wanted else []
        return {"tags": [{"label": label} for label in named], "text": caption, "notes": [note]}
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


def _wanted(specification: Specification) -> set[str]:
    names = {"text": _CAPTION, "tag": _TAGS, "region": _REGIONS}
    return {names[item.type] for item in specification.output_schema if item.type in names} or {_CAPTION}


def _json_in(text: str) -> Any:
    """The first JSON object or list in a text, None without one; models like to wrap it in words or a code fence."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"[{\[]", text):
        try:
            value, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        return value
    return None


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
        notes.append(f"Not in the model's vocabulary and left out: {', '.join(sorted(unknown)[:20])}.")
    return kept


def _named_in(text: str, labels: list[str]) -> list[str]:
    return [label for label in labels if re.search(rf"(?<!\w){re.escape(label)}(?!\w)", text, re.I)]
