"""The job of importing annotations: a dry run that says what would happen, the import itself, or taking it back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationImport,
    AnnotationImportProblem,
    ImportedAnnotation,
)
from labelbuddy_core.errors import NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.history import record
from labelbuddy_core.services.imports.already_there import AlreadyThere
from labelbuddy_core.services.imports.import_choices import KEPT, ImportChoices, parse_choices
from labelbuddy_core.services.imports.import_outcomes import Done
from labelbuddy_core.services.imports.import_runs import PARTIAL, ImportRun, begin_part
from labelbuddy_core.services.imports.imported_items import Labels
from labelbuddy_core.services.imports.imported_labels import ImportedLabels, make_labels
from labelbuddy_core.services.imports.made_labels import MADE, labels_made, needed_labels, take_back_labels
from labelbuddy_core.services.imports.outside_authors import Authors, forget_idle
from labelbuddy_core.services.imports.planned_annotations import AT_ONCE, Findings, Planner, Tell
from labelbuddy_core.services.imports.recording_matches import recordings_of
from labelbuddy_core.services.imports.undoing_imports import undo_annotations
from labelbuddy_core.services.imports.writing_imports import Authored, Planned, Writing, compare, write
from labelbuddy_core.services.recordings.importers import importer

_TELL_SECONDS = 0.5
_LONG = ("labels", "authors", "new_labels", "columns", "tag_columns")
_PAUSE = 0.003
"""Seconds after a transaction, in which people's saves get their turn."""


def run(job: JobContext) -> dict[str, Any]:
    """Do what the job says: check, apply or undo."""

    told = 0.0

    def tell(fraction: float, message: str) -> None:
        nonlocal told
        if time.monotonic() - told > _TELL_SECONDS:
            told = time.monotonic()
            job.check()
            job.progress(fraction, message)

    number = job.arguments["import"]
    return job.step(job.arguments["action"], ACTIONS[job.arguments["action"]], number, tell)


def check(import_id: int, tell: Tell) -> dict[str, Any]:
    """The dry run: go through everything, change nothing, and keep what was found as the import's report."""
    found = _load(import_id)
    choices = parse_choices(found.choices)
    findings = Findings()
    with get_database().read() as session:
        labels = ImportedLabels(session, found.project_id, choices)
        authors = Authors(session, found.project_id, choices)
        planner = _planner(session, found, choices, authors, labels.counted(), tell)
    writing = Writing(import_id, found.project_id, found.created_by or 0, choices.state_else, choices.state == KEPT)
    done, already = Done(), AlreadyThere()
    planned: Planned = {}
    for batch in planner.batches(findings):
        with get_database().read() as session:
            authored = [Authored(piece, authors.find(piece.author)) for piece in batch]
            outcomes = compare(session, writing, already, planned, authored)
        done.add(outcomes, findings)
    report = {
        **findings.as_json(), **done.as_json(), "labels": labels.summary(), "authors": _people(findings, authors),
    }  # fmt: skip
    _conclude(ImportRun(import_id, found.job_id), "checked", report, findings)
    return _short(report)


def apply(import_id: int, tell: Tell) -> dict[str, Any]:
    """Bring everything in, a batch at a time; one that stopped goes on: what it had added is passed over."""
    found = _load(import_id)
    choices = parse_choices(found.choices)
    actor = importer(found.created_by)
    run, goes_on = ImportRun(import_id, found.job_id), found.state == PARTIAL
    checked = found.report
    findings = Findings()
    with get_database().write() as session:
        row = run.take(session)
        fresh = ImportedLabels(session, found.project_id, choices).new_names(one["name"] for one in checked["labels"])
        make_labels(session, found.project_id, fresh)
        made = [*row.report.get(MADE, []), *labels_made(session, found.project_id, fresh)]
        row.report = {**row.report, MADE: made}  # at once: whatever becomes of this run, they can be taken back
        begin_part(row, None if row.state == "applied" else row.added + checked["new"])
        labels = ImportedLabels(session, found.project_id, choices)
        authors = Authors(session, found.project_id, choices)
        planner = _planner(session, found, choices, authors, labels.known(), tell)
    writing = Writing(import_id, found.project_id, actor.id, choices.state_else, choices.state == KEPT, goes_on)
    done, already = Done(before=found.added if goes_on else 0), AlreadyThere()
    for batch in planner.batches(findings):
        with get_database().write() as session:
            run.hold(session)
            authored = [Authored(piece, authors.ensure(session, piece.author)) for piece in batch]
            outcomes = write(session, writing, already, authored)
            run.count(session, sum(one.added for one in outcomes))
        done.add(outcomes, findings)
        tell(min(1.0, (done.added + done.present) / max(checked["marks"], 1)), f"{done.added:,} added")
        time.sleep(_PAUSE)
    report = {
        **findings.as_json(), **done.as_json(), "labels": checked["labels"], "authors": _people(findings, authors),
        "new_labels": sorted(one["name"] for one in made),
    }  # fmt: skip
    _conclude(run, "applied", report, findings)
    with get_database().write() as session:
        record(
            session, actor, "annotations.imported", f"annotation-import:{import_id}", project_id=found.project_id,
            **_short(report),
        )  # fmt: skip
    return _short(report)


def undo(import_id: int, tell: Tell) -> dict[str, Any]:
    """Take the import back; authors who annotated nothing else go as well, and labels that it made and nothing uses."""
    found = _load(import_id)
    actor = importer(found.created_by)
    run = ImportRun(import_id, found.job_id)
    with get_database().write() as session:
        row = run.take(session)
        begin_part(row, row.added)
    with get_database().read() as session:
        people = set(
            session.scalars(
                select(Annotation.user_id)
                .join(ImportedAnnotation, ImportedAnnotation.annotation_id == Annotation.id)
                .where(ImportedAnnotation.import_id == import_id)
            )
        )
    done = undo_annotations(run, actor.id, tell)
    with get_database().read() as session:  # the long look: on SQLite nobody could save during a write
        needed = needed_labels(session, found.project_id, found.report.get(MADE, []))
    with get_database().write() as session:
        forget_idle(session, people)
        row = run.take(session)
        labels = take_back_labels(session, found.project_id, row.report.get(MADE, []), needed)
        row.state, row.added = "undone", 0
        row.report = {**row.report, "undone": done, "undone_labels": labels, MADE: []}
        record(
            session, actor, "annotations.import-undone", f"annotation-import:{import_id}", project_id=found.project_id,
            **done, labels_removed=labels["removed"],
        )  # fmt: skip
    return {**done, "labels": labels}


ACTIONS: Mapping[str, Callable[[int, Tell], dict[str, Any]]] = {"check": check, "apply": apply, "undo": undo}


def _planner(
    session: Session, found: AnnotationImport, choices: ImportChoices, authors: Authors, labels: Labels, tell: Tell
) -> Planner:
    return Planner(found.id, choices, recordings_of(session, found.project_id), authors, labels, tell)


def _people(findings: Findings, authors: Authors) -> list[dict[str, Any]]:
    return [
        {"name": name, "count": count, "username": authors.username(name), "left_out": authors.left_out(name)}
        for name, count in findings.authors.most_common()
    ]


def _short(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name not in _LONG}


def _conclude(run: ImportRun, state: str, report: dict[str, Any], findings: Findings) -> None:
    """Keep what was found; problems go in by blocks."""
    with get_database().write() as session:
        run.hold(session)
        session.execute(delete(AnnotationImportProblem).where(AnnotationImportProblem.import_id == run.import_id))
    rows = [
        {"import_id": run.import_id, "position": number, "file": one.file, "place": one.place, "reason": one.reason}
        for number, one in enumerate(findings.problems)
    ]
    for block in _blocks(rows):
        with get_database().write() as session:
            session.execute(insert(AnnotationImportProblem), block)
    with get_database().write() as session:
        row = run.take(session)
        row.state, row.report = state, {**report, MADE: row.report.get(MADE, [])}


def _blocks(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[first : first + AT_ONCE] for first in range(0, len(rows), AT_ONCE))


def _load(import_id: int) -> AnnotationImport:
    with get_database().read() as session:
        found = session.get(AnnotationImport, import_id)
    if found is None:
        raise NotFound("This import was removed.")
    return found
