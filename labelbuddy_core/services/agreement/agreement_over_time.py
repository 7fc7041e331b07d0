"""Agreement month by month: of the tasks of which the last answer was handed in then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from labelbuddy_core.database import get_database
from labelbuddy_core.domain.agreement.figures import all_figures
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.readings import TITLES
from labelbuddy_core.domain.agreement.sums import Sums, merge
from labelbuddy_core.domain.agreement.tallies import tally
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.agreement import label_asked, viewer_of
from labelbuddy_core.services.agreement.agreement_choices import Choices
from labelbuddy_core.services.agreement.agreement_people import rounded
from labelbuddy_core.services.agreement.handed_in_answers import by_recording, handed_in
from labelbuddy_core.services.labels.project_labels import labels_of
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.reviews.caption_vectors import text_model_of

REPLICATES = 200
"""At most, for each month."""


@dataclass
class _Month:
    measured: Measurement
    tasks: int = 0


def agreement_over_time(actor: Actor, project_id: str | int, choices: Choices | None = None) -> dict[str, Any]:
    """{project, months: [{since, until, tasks, recordings, figures}]}; the figures are those over all labels.

    Months are those of UTC. Raises `Forbidden` for those who may not see agreement.
    """
    return over_time(viewer_of(actor, project_id).project, choices or Choices())


def over_time(project_id: int, choices: Choices) -> dict[str, Any]:
    """The same of a project, whoever asks."""
    with get_database().read() as session:
        model = text_model_of(session, project_id)
        asked = {label["id"]: label_asked(label) for label in labels_of(session, project_id)}
    replicates = min(choices.replicates, REPLICATES)
    months: dict[datetime, _Month] = {}
    for found in by_recording(handed_in(project_id, least=2, period=choices.period, meanings=model)):
        sums: dict[datetime, Sums] = {}
        for one in found:
            if one.handed_in_at is not None:
                month = one.handed_in_at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
                merge(sums.setdefault(month, {}), tally(one.compared, asked, choices.ruler))
                counted = months.setdefault(month, _Month(Measurement(replicates, choices.seed)))
                counted.tasks += 1
        for month, of_month in sums.items():
            months[month].measured.add(of_month)
    return {
        "project": str(project_id),
        "months": [
            {
                "since": iso(month),
                "until": iso(_next_month(month)),
                "tasks": found.tasks,
                "recordings": found.measured.recordings,
                "figures": [
                    {
                        "kind": one.kind.value,
                        "measure": one.measure,
                        "title": TITLES[one.measure],
                        "value": rounded(one.value),
                        "low": rounded(one.low),
                        "high": rounded(one.high),
                    }
                    for one in all_figures(found.measured, asked)
                    if one.label is None
                ],
            }
            for month, found in sorted(months.items(), key=lambda one: one[0])
        ],
    }


def _next_month(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
