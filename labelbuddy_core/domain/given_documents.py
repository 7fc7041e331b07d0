"""Annotation documents and predictions as scripts write them, made complete: what was left out is filled in.

A list of regions stands for a document that has only these. Regions and points may lack ids, everything may lack its
origin, labels may be given by name. What is filled in depends only on what was given, so that a script that runs again
means the same items.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from labelbuddy_core.domain.documents import SCHEMA, as_json, assemble, fitted, items_of, parse_document
from labelbuddy_core.domain.label_sets import Label
from labelbuddy_core.errors import Invalid

GivenDocument = Mapping[str, Any] | Sequence[Mapping[str, Any]]
_LISTS = ("regions", "points", "tags", "answers")


def complete_document(given: GivenDocument | None, labels: Sequence[Label], stop: float, field: str) -> dict[str, Any]:
    """The whole document (plain JSON) of a recording of `stop` seconds. Raises `Invalid` naming what is wrong."""
    return _checked(_filled(given, labels, {"kind": "import"}, "r", field), labels, stop, field)


def checked_document(given: Any, labels: Sequence[Label], stop: float) -> dict[str, Any]:
    """A complete document as it came, with its times rounded to a microsecond. Raises `Invalid`."""
    return _checked(given, labels, stop, "document")


def complete_predictions(
    given: GivenDocument | None, labels: Sequence[Label], stop: float, field: str
) -> list[dict[str, Any]]:
    """Predictions as the API has them, from one document or several; newest first as they were given.

    A prediction is {document, model, version, license, notes}, or only its document. Items may have a `score`.
    """
    if not given:
        return []
    several = [given] if isinstance(given, Mapping) or _is_list_of_regions(given) else list(given)
    return [_prediction(one, labels, stop, f"{field}.{place}") for place, one in enumerate(several)]


def _prediction(given: Any, labels: Sequence[Label], stop: float, field: str) -> dict[str, Any]:
    about = dict(given) if isinstance(given, Mapping) and "document" in given else {"document": given}
    unknown = about.keys() - {"document", "model", "version", "license", "notes"}
    if unknown:
        raise Invalid(f"A prediction has no {sorted(unknown)[0]!r}.", field=field)
    model, version = str(about.get("model") or "Suggestions"), str(about.get("version") or "")
    number = "p_" + _digest([model, version, about["document"]])
    origin = {"kind": "model", "prediction": number, "model": model, "version": version or None, "edited": False}
    filled = _filled(about["document"], labels, origin, f"s_{number}", f"{field}.document")
    for region in filled["regions"]:
        region["origin"] = {**region["origin"], "region": region["id"]}
    return {
        "id": number,
        "model": model,
        "model_name": model,
        "license": str(about.get("license") or ""),
        "version": version,
        "document": _checked(filled, labels, stop, f"{field}.document"),
        "notes": [str(note) for note in about.get("notes") or ()],
    }


def _checked(filled: Any, labels: Sequence[Label], stop: float, field: str) -> dict[str, Any]:
    known = frozenset(label.id for label in labels)
    items = items_of(parse_document(filled, field=field))
    return assemble(
        (collection.value, as_json(fitted(item, labels=known, start=0.0, stop=stop, field=field)))
        for collection, item in items
    )


def _filled(given: Any, labels: Sequence[Label], origin: Mapping[str, Any], prefix: str, field: str) -> dict[str, Any]:
    if given is None:
        return {"schema": SCHEMA, "regions": []}
    if not isinstance(given, Mapping):
        if not _is_list_of_regions(given):
            raise Invalid(f"{field} is an annotation document or a list of regions.", field=field)
        given = {"regions": given}
    ids = {label.name: label.id for label in labels} | {label.id: label.id for label in labels}
    document: dict[str, Any] = {"schema": SCHEMA, "regions": [], **given}
    for name in _LISTS:
        members = document.get(name) or []
        if not isinstance(members, Sequence) or not all(isinstance(member, Mapping) for member in members):
            raise Invalid(f"{field}.{name} is a list of items.", field=f"{field}.{name}")
        keyed = name in ("regions", "points")
        document[name] = [
            _item(member, ids, origin, f"{prefix}{place}" if keyed else None) for place, member in enumerate(members)
        ]
    if isinstance(document.get("caption"), Mapping):
        document["caption"] = _item(document["caption"], ids, origin, None)
    elif isinstance(document.get("caption"), str):
        document["caption"] = {"text": document["caption"], "origin": dict(origin)}
    return document


def _item(
    given: Mapping[str, Any], ids: Mapping[str, str], origin: Mapping[str, Any], prefix: str | None
) -> dict[str, Any]:
    """An item with label id, id and origin; `prefix` begins the ids of those that have one."""
    item = dict(given)
    suggested = origin["kind"] == "model"
    if item.get("label") in ids:
        item["label"] = ids[item["label"]]
    if prefix is not None and (suggested or not item.get("id")):  # ids of several models may be the same
        item["id"] = f"{prefix}_{_digest(item)}"
    if "question" in item:
        return item
    if not item.get("origin"):
        item["origin"] = dict(origin)
    if suggested:
        score = item.pop("score", None) if prefix is not None else item.get("score")
        item["origin"] = {**item["origin"], **origin, "score": item["origin"].get("score") if score is None else score}
    return item


def _is_list_of_regions(given: Any) -> bool:
    return (
        isinstance(given, Sequence)
        and not isinstance(given, str | bytes)
        and all(isinstance(one, Mapping) and "start" in one for one in given)
    )


def _digest(value: Any) -> str:
    encoded = json.dumps(value, sort_keys=True, default=str).encode()
    return hashlib.sha256(encoded).hexdigest()[:16]
