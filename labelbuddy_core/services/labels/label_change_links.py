"""What a change of the label set makes of the links to models: which labels theirs become, and lowest scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, ProjectModel
from labelbuddy_core.domain.relabeling import Relabeling

Links = dict[str, dict[str, Any]]
"""By model id {label_map, label_thresholds}."""
_MEMBERS = ("label_map", "label_thresholds")


def links_of(session: Session, project_id: int) -> Links:
    """How the project's models name its labels."""
    return {
        str(row.model_id): {"label_map": dict(row.label_map), "label_thresholds": dict(row.label_thresholds)}
        for row in session.scalars(select(ProjectModel).where(ProjectModel.project_id == project_id))
    }


def relabeled_links(links: Mapping[str, Mapping[str, Any]], relabeling: Relabeling) -> Links:
    """The links after a merge; a label with a lowest score of its own keeps it, else the lowest of the merged holds."""
    merged = relabeling.merged
    made: Links = {}
    for model, link in links.items():
        thresholds: dict[str, float] = {
            label: lowest for label, lowest in link["label_thresholds"].items() if label not in merged
        }
        for label, lowest in sorted(link["label_thresholds"].items(), key=lambda one: one[1]):
            if label in merged:
                thresholds.setdefault(merged[label], lowest)
        label_map = {theirs: merged.get(ours, ours) for theirs, ours in link["label_map"].items()}
        made[model] = {"label_map": label_map, "label_thresholds": thresholds}
    return made


def write_links(session: Session, project_id: int, links: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep these links; models that are linked no more are passed over."""
    for row in session.scalars(select(ProjectModel).where(ProjectModel.project_id == project_id)):
        link = links.get(str(row.model_id))
        if link is not None:
            row.label_map, row.label_thresholds = dict(link["label_map"]), dict(link["label_thresholds"])
    session.flush()


def links_taken_back(present: Links, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Links, list[str]]:
    """The links without a change, and the ids of models whose link says something else by now about what it touched."""
    changed: list[str] = []
    made: Links = {}
    for model, link in present.items():
        was, became = before.get(model), after.get(model)
        made[model] = {name: dict(link[name]) for name in _MEMBERS}
        if was is None or became is None:
            continue
        for name in _MEMBERS:
            for key in {*was[name], *became[name]}:
                if was[name].get(key) == became[name].get(key):
                    continue
                if link[name].get(key) != became[name].get(key):
                    changed.append(model)
                elif key in was[name]:
                    made[model][name][key] = was[name][key]
                else:
                    made[model][name].pop(key, None)
    return made, list(dict.fromkeys(changed))


def concerned_links(session: Session, project_id: int, labels: tuple[str, ...]) -> list[dict[str, Any]]:
    """The models whose labels become one of these: {model, name, labels: theirs}."""
    rows = session.execute(
        select(ProjectModel, Model.name)
        .join(Model, Model.id == ProjectModel.model_id)
        .where(ProjectModel.project_id == project_id)
        .order_by(Model.name)
    )
    found = []
    for link, name in rows:
        theirs = sorted(one for one, ours in link.label_map.items() if ours in labels)
        if theirs:
            found.append({"model": str(link.model_id), "name": name, "labels": theirs})
    return found


def model_names(session: Session, ids: list[str]) -> list[str]:
    """The names of models by their ids."""
    return list(session.scalars(select(Model.name).where(Model.id.in_([int(one) for one in ids])).order_by(Model.name)))
