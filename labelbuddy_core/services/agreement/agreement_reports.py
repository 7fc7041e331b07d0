"""The report of agreement as a file: HTML, PDF or CSV, for the page, the API and the command line."""

from __future__ import annotations

from typing import Any

from labelbuddy_core.formats import agreement_csv, agreement_report
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.agreement import Viewer, report_for, viewer_of
from labelbuddy_core.services.agreement.agreement_choices import Choices
from labelbuddy_core.services.agreement.agreement_over_time import over_time

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8", "pdf": "application/pdf"}


def agreement_file(
    actor: Actor, project_id: str | int, choices: Choices, *, form: str, address: str
) -> tuple[str, bytes]:
    """The name and the bytes of a report as csv, html or pdf; `address` is where the app is served, for links.

    Raises `Forbidden` and `NotFound` as `agreement` does.
    """
    viewer = viewer_of(actor, project_id)
    return f"labelbuddy-project-{viewer.project}-agreement.{form}", file_for(viewer, choices, form, address)


def file_for(viewer: Viewer, choices: Choices, form: str, address: str) -> bytes:
    """The bytes of a report for whoever may see it."""
    report: dict[str, Any] = report_for(viewer, choices)
    if form == "csv":
        return agreement_csv.report_csv(report)
    months = over_time(viewer.project, choices)
    write = agreement_report.as_pdf if form == "pdf" else agreement_report.as_html
    return write(report, months, address)
