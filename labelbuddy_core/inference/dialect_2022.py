"""Model files of 2022: a list of actions, read as a specification of today.

What the container runs as, where it answers and how it trains is converted. The four actions that moved data by calling
back the app need no counterpart, since LabelBuddy sends data itself; a note says so. Anything else is refused.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from labelbuddy_core.inference.yaml_reader import Path, Places, problem

MOVED_DATA = {
    "GET_TRAINING_DATA": "training data",
    "GET_VALIDATION_DATA": "validation data",
    "GET_APPROVED_DATA_ANNOTATIONS": "approved annotations",
    "SEND_MODEL_WEIGHTS": "model weights",
}
TYPES = ("RUN_DOCKER_CONTAINER", "MAKE_PREDICTION", "TRAINING", *MOVED_DATA)
_KEYS = {"action", "type", "route", "docker_image_name", "docker_image_tag"}
_TRAINING = {
    "epochs": {"default": 300, "min": 1, "max": 10_000},
    "patience": {"default": 15, "min": 1, "max": 1_000},
    "lr": {"default": 0.001, "min": 0.0000001, "max": 1.0},
}


def converted(value: dict[str, Any], places: Places) -> tuple[dict[str, Any], list[str]]:
    """The specification of today, and notes on what has no counterpart. Raises `SpecificationProblem`."""
    actions = value["actions"]
    if set(value) != {"actions"} or not isinstance(actions, list):
        at = places[("actions",)]
        raise problem("`actions` (the form of 2022) must be the only key and hold a list.", *at, field="actions")
    by_type: dict[str, tuple[int, dict[str, Any]]] = {}
    for position, action in enumerate(actions):
        kind = _kind_of(action, position, places)
        if kind in by_type:
            at = places[("actions", position)]
            raise problem(f"There are two actions of type {kind}; keep one.", *at, field=f"actions.{position}")
        by_type[kind] = (position, action)
    if not by_type.keys() & {"RUN_DOCKER_CONTAINER", "MAKE_PREDICTION"}:
        message = "No action of type RUN_DOCKER_CONTAINER or MAKE_PREDICTION was found."
        raise problem(message, *places[("actions",)], field="actions")
    routes = {kind: _route(kind, *found, places) for kind, found in by_type.items() if kind != "RUN_DOCKER_CONTAINER"}
    made = {**_place(by_type, routes, places), "protocol": "labelbuddy-2022", "output_schema": [{"type": "region"}]}
    if "TRAINING" in by_type:
        made["training"] = {"supported": True, "parameters": _TRAINING}
    dropped = [name for kind, name in MOVED_DATA.items() if kind in by_type]
    notes = ["Read as a file of 2022; the labels of the model are not in it: add them to `output_schema`."]
    if dropped:
        notes.append(f"LabelBuddy moves {', '.join(dropped)} itself: those actions have no counterpart.")
    return made, notes


def _kind_of(action: Any, position: int, places: Places) -> str:
    at = places[("actions", position)]
    field = f"actions.{position}"
    if not isinstance(action, dict):
        raise problem("An action is written as `type: …` with its keys.", *at, expected="keys", field=field)
    for key in action:
        if key not in _KEYS:
            where = places[("actions", position, key, "__key__")]
            raise problem(f"The key {key!r} is not known in an action; remove it.", *where, field=f"{field}.{key}")
    kind = action.get("type")
    if kind not in TYPES:
        where = places.get(("actions", position, "type"), at)
        message = f"The type of an action must be one of {', '.join(TYPES)}; found {kind!r}."
        raise problem(message, *where, expected=", ".join(TYPES), found=str(kind), field=f"{field}.type")
    return str(kind)


def _route(kind: str, position: int, action: dict[str, Any], places: Places) -> tuple[str, int]:
    """The address of the server and its port. Raises unless the route is an http URL."""
    path: Path = ("actions", position, "route")
    at = places.get(path, places[("actions", position)])
    route = action.get("route")
    wanted = "/predict" if kind == "MAKE_PREDICTION" else "/train" if kind == "TRAINING" else ""
    try:
        parts = urlsplit(str(route or ""))
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise problem(
            f"{kind} needs a route such as http://127.0.0.1:5000{wanted or '/…'}; found {route!r}.",
            *at,
            expected="URL",
            found=str(route),
            field=f"actions.{position}.route",
        )
    if wanted and parts.path.rstrip("/") != wanted:
        raise problem(
            f"The protocol of 2022 has {kind} at {wanted}; found {parts.path or '/'!r}. Let the server answer there.",
            *at,
            expected=wanted,
            found=parts.path,
            field=f"actions.{position}.route",
        )
    return f"{parts.scheme}://{parts.netloc}", port


def _place(
    by_type: dict[str, tuple[int, dict[str, Any]]], routes: dict[str, tuple[str, int]], places: Places
) -> dict[str, Any]:
    """Where it runs: the image, or the server that MAKE_PREDICTION names when no container is run."""
    address, port = routes.get("MAKE_PREDICTION", ("", 5000))
    if "RUN_DOCKER_CONTAINER" not in by_type:
        return {"endpoint": address}
    position, action = by_type["RUN_DOCKER_CONTAINER"]
    image, tag = action.get("docker_image_name"), action.get("docker_image_tag", "latest")
    field = f"actions.{position}.docker_image_name"
    if not isinstance(image, str) or not image:
        at = places[("actions", position)]
        raise problem("RUN_DOCKER_CONTAINER needs docker_image_name.", *at, expected="image", field=field)
    return {"image": f"{image}:{tag}", "port": port, "transport": "tcp"}
