"""The fields of the form for a model file: their values from a file, and a file from their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Values = dict[str, Any]
_PLACES = ("image", "endpoint", "process")
_CHANNELS = {"mono": 1, "stereo": 2}
_LABELED = ("region", "point", "tag")
_TEXTS = ("name", "description", "license", "homepage", "token")


def fields_of(present: Mapping[str, Any]) -> Values:
    """The fields for a file that says this; where it says nothing, what is so by default."""
    audio, resources = present.get("input_schema") or {}, present.get("resources") or {}
    outputs = present.get("output_schema") or []
    where = next((place for place in _PLACES if present.get(place)), _PLACES[0])
    return {
        **{name: present.get(name) or "" for name in _TEXTS},
        "where": where,
        "place": present.get(where) or "",
        "version": present.get("version") or "1",
        "protocol": present.get("protocol") or "labelbuddy",
        "prompt": (present.get("chat") or {}).get("prompt") or "",
        "types": _types(outputs) or ([] if present else ["region"]),
        "labels": "\n".join(_labels(outputs)),
        "audio": audio.get("audio") or "wav",
        "rate": audio.get("sample_rate") or 0,
        "channels": next((name for name, many in _CHANNELS.items() if many == audio.get("channels")), "as it is"),
        "seconds": audio.get("max_seconds") or 0.0,
        "gpu": bool(resources.get("gpu")),
        "memory": _size(resources.get("memory") or 2 * 1024**3),
        "cpus": float(resources.get("cpus") or 2.0),
        "timeout": float(resources.get("timeout_seconds") or 600.0),
        "environment": "\n".join(f"{name}={_given(one)}" for name, one in (present.get("environment") or {}).items()),
        "training": bool((present.get("training") or {}).get("supported")),
    }


def specification_of(values: Values, present: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The keys of a model file from the fields, without what is as by default; what `present` says besides stays.

    Outputs stay as they are unless types or labels were changed: each may have labels and a threshold of its own.
    """
    present = present or {}
    labels = [line.strip() for line in values["labels"].splitlines() if line.strip()]
    pairs = [line.partition("=") for line in values["environment"].splitlines() if line.strip()]
    outputs = present.get("output_schema") or []
    if (values["types"], labels) != (_types(outputs), _labels(outputs)):
        outputs = [{"type": one, "labels": labels if one in _LABELED else []} for one in values["types"]]
    chat = values["protocol"] == "openai-chat"
    embeds_text = values["protocol"] == "openai-embeddings"
    if embeds_text:
        outputs = []  # it answers nothing about audio
    written = {
        "name": values["name"].strip(),
        "version": values["version"].strip(),
        "description": values["description"].strip(),
        "license": values["license"].strip(),
        "homepage": values["homepage"].strip(),
        values["where"]: values["place"].strip(),
        "token": values["token"].strip(),
        "protocol": None if values["protocol"] == "labelbuddy" else values["protocol"],
        "chat": _joined(present, "chat", {"prompt": values["prompt"].strip()}) if chat else None,
        "embeddings": present.get("embeddings") if embeds_text else None,
        "input_schema": _joined(
            present,
            "input_schema",
            {
                "audio": values["audio"],
                "sample_rate": int(values["rate"]) or None,
                "channels": _CHANNELS.get(values["channels"]),
                "max_seconds": values["seconds"] or None,
            },
        ),
        "output_schema": outputs,
        "resources": _joined(
            present,
            "resources",
            {
                "gpu": values["gpu"] or None,
                "memory": values["memory"].strip(),
                "cpus": values["cpus"],
                "timeout_seconds": values["timeout"],
            },
        ),
        "environment": {name.strip(): _variable(value.strip()) for name, _, value in pairs},
        "training": _joined(present, "training", {"supported": True}) if values["training"] else None,
    }
    rest = {name: one for name, one in present.items() if name not in written and name not in _PLACES}
    return {**written, **rest}


def _joined(present: Mapping[str, Any], part: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {**(present.get(part) or {}), **values}


def _types(outputs: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(one["type"] for one in outputs))


def _labels(outputs: list[dict[str, Any]]) -> list[str]:
    own = [label for one in outputs for label in [*(one.get("labels") or ()), one.get("label")] if label]
    return list(dict.fromkeys(own))


def _size(amount: int) -> str:
    """Bytes as model files write them."""
    for unit, size in (("g", 1024**3), ("m", 1024**2), ("k", 1024)):
        if amount % size == 0:
            return f"{amount // size}{unit}"
    return str(amount)


def _given(value: str | dict[str, str]) -> str:
    return value if isinstance(value, str) else f"secret:{value['secret']}"


def _variable(value: str) -> str | dict[str, str]:
    return {"secret": value.removeprefix("secret:")} if value.startswith("secret:") else value
