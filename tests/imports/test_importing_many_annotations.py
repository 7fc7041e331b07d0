"""Imports of many regions: few statements to the database, and the same history as if each piece came alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from postgresql_server import on_both_databases
from sqlalchemy import event, select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, AnnotationItem, ImportedAnnotation, Revision, Task
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.annotation_documents import document_at, present_document
from labelbuddy_core.services.imports import annotation_importing, annotation_imports

Place = tuple[Actor, str]


@pytest.fixture
def recordings(place: Place, add_task: Callable[..., str]) -> list[str]:
    return [add_task(place[1], name=f"{number}.wav") for number in range(10)]


def begin(place: Place, files: dict[str, str]) -> int:
    manager, project = place
    number = annotation_imports.begin(manager, project)["id"]
    for name, rows in files.items():
        annotation_imports.add_file(manager, number, name, f"filename\tonset\toffset\tevent_label\n{rows}".encode())
    annotation_imports.start(manager, number, "check", {"author": "Lab"})
    return int(number)


def do(number: int, action: str) -> dict[str, Any]:
    return annotation_importing.ACTIONS[action](number, lambda *_: None)


def rows_of(recording: int, count: int) -> str:
    return "".join(f"{recording}.wav\t{n * 0.001:.3f}\t{n * 0.001 + 0.5:.3f}\tdog\n" for n in range(count))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the database is sent meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(get_database().engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(get_database().engine, "before_cursor_execute", note)


@on_both_databases
def test_a_thousand_regions_of_ten_counttake_few_statements(place: Place, recordings: list[str]) -> None:
    number = begin(place, {"all.tsv": "".join(rows_of(one, 200) for one in range(10))})
    do(number, "check")
    with counted() as statements:
        assert do(number, "apply")["new"] == 2000
    assert len(statements) <= 80, statements


@on_both_databases
def test_ten_annotations_that_are_there_are_compared_in_no_more_statements_than_one(
    place: Place, recordings: list[str]
) -> None:
    first = begin(place, {"all.tsv": "".join(rows_of(one, 3) for one in range(10))})
    do(first, "check")
    do(first, "apply")
    counts: list[int] = []
    for count in (1, 10):
        rows = "".join(f"{one}.wav\t7\t8\tdog\n" for one in range(count))
        number = begin(place, {"more.tsv": rows})
        with counted() as statements:
            assert do(number, "check")["new"] == count
        counts.append(len(statements))
    assert counts[1] == counts[0]


@on_both_databases
def test_two_hundred_regions_are_taken_back_in_no_more_statements_than_two(place: Place, recordings: list[str]) -> None:
    first = begin(place, {"all.tsv": "0.wav\t50\t51\tdog\n"})
    do(first, "check")
    do(first, "apply")
    counts: list[int] = []
    for regions in (2, 200):
        number = begin(place, {"more.tsv": rows_of(0, regions)})
        do(number, "check")
        do(number, "apply")
        with counted() as statements:
            assert do(number, "undo")["removed"] == regions
        counts.append(len(statements))
    assert counts[1] == counts[0]
    with get_database().read() as session:
        assert session.scalars(select(AnnotationItem.start)).all() == [50.0]


@on_both_databases
def test_every_annotation_has_its_revision_its_items_and_its_place_in_the_import(
    place: Place, recordings: list[str]
) -> None:
    number = begin(place, {"all.tsv": "".join(rows_of(one, 150 + one) for one in range(10))})
    do(number, "check")
    do(number, "apply")
    with get_database().read() as session:
        for one, task in enumerate(recordings):
            annotation = session.scalars(select(Annotation).where(Annotation.task_id == int(task))).one()
            assert (annotation.revision, annotation.state) == (1, "submitted")
            assert len(present_document(session, annotation.id)["regions"]) == 150 + one
            assert document_at(session, annotation.id, 1) == present_document(session, annotation.id)
            row = session.get_one(Revision, (annotation.id, 1))
            assert (row.kind, row.client, row.sequence, row.snapshot) == ("import", f"import-{number}", 1, None)
            assert session.get_one(ImportedAnnotation, (number, annotation.id)).created
            assert session.get_one(Task, int(task)).state == "submitted"
            keep = select(AnnotationItem.start, AnnotationItem.stop).where(
                AnnotationItem.annotation_id == annotation.id
            )
            assert session.execute(keep.order_by(AnnotationItem.start).limit(1)).one() == (0.0, 0.5)


@on_both_databases
def test_the_hundredth_revision_keeps_the_document_of_that_moment(place: Place, recordings: list[str]) -> None:
    files = {f"part-{n:03}.tsv": f"0.wav\t{n * 0.001:.3f}\t{n * 0.001 + 0.5:.3f}\tdog\n" for n in range(102)}
    number = begin(place, files)
    do(number, "check")
    do(number, "apply")
    with get_database().read() as session:
        annotation = session.scalars(select(Annotation)).one()
        assert annotation.revision == 102
        snapshot = session.get_one(Revision, (annotation.id, 100)).snapshot
        assert snapshot is not None
        assert len(snapshot["regions"]) == 100
        assert document_at(session, annotation.id, 102) == present_document(session, annotation.id)
        assert len(present_document(session, annotation.id)["regions"]) == 102
