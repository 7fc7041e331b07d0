"""What an import of annotations consists of: by task and author, in pieces that one transaction takes; and what cannot
be taken, with its file, place and reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from labelbuddy_core.domain.documents import Collection, Item
from labelbuddy_core.domain.plain_names import one_line, visible
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.clip_table import Layout
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.services.imports.already_there import SaidIn
from labelbuddy_core.services.imports.import_choices import ImportChoices
from labelbuddy_core.services.imports.import_sources import Contents, SourceFile, read_source, source_files
from labelbuddy_core.services.imports.imported_items import Labels, in_chunks, items_by_task
from labelbuddy_core.services.imports.outside_authors import Authors
from labelbuddy_core.services.imports.own_items import about, own_items_by_task
from labelbuddy_core.services.imports.recording_matches import KnownRecording, Recordings, SeveralFit
from labelbuddy_core.services.imports.taken_recordings import ALL_WRONG, LEFT_OUT, NOTHING_SAID, TakenRecordings

_OF_EITHER = frozenset({"audacity", "textgrid"})
"""Formats whose words may be labels or texts, and do not say which where there is no tier."""

AT_ONCE = 1000
"""Items in a transaction, so that people's saves never wait."""
KEPT_PROBLEMS = 10_000
_OF_TASK = re.compile(r"\.task-\d+(-\d+)?$")
"""What our exports add to the name of a file where a recording has several tasks of one person."""


@dataclass(frozen=True)
class Piece:
    """Items of one author in one task, at most `AT_ONCE`."""

    task: int
    author: str
    items: Sequence[tuple[Collection, Item]]
    file: str
    recording: KnownRecording
    source: SaidIn
    state: str = ""
    """What the annotation was where the file comes from, "" where it does not say."""


@dataclass(frozen=True)
class Problem:
    """What cannot be taken."""

    file: str
    place: str
    reason: str


@dataclass
class Findings:
    """What was met while files were read: counts, and the first problems."""

    files: int = 0
    marks: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    columns: dict[str, None] = field(default_factory=dict)
    """Of tables, in their order."""
    layout: Layout | None = None
    """Of the last table."""
    taken: TakenRecordings = field(default_factory=TakenRecordings)
    sources: int = 0
    """How many recordings of how many people were spoken of."""
    authors: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    def refuse(self, file: str, place: str, reason: str) -> None:
        """Note what cannot be taken, in signs that every database keeps."""
        self.problem_count += 1
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(Problem(visible(file[-400:]), visible(place[:200]), visible(reason[:2000])))

    def as_json(self) -> dict[str, Any]:
        return {
            "files": self.files,
            "marks": self.marks,
            "formats": dict(self.formats),
            **self.taken.as_json(),
            "problems": self.problem_count,
            "columns": list(self.columns),
            "rows": self.layout.rows if self.layout else None,
            "tag_columns": list(self.layout.tag_columns) if self.layout else [],
        }


Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Planner:
    """Reads the files of an import with a manager's choices."""

    import_id: int
    choices: ImportChoices
    recordings: Recordings
    authors: Authors
    labels: Labels
    tell: Tell

    def batches(self, findings: Findings) -> Iterator[list[Piece]]:
        """All pieces, as many together as a transaction takes."""
        held: list[Piece] = []
        size = 0
        for piece in self._pieces(findings):
            if held and (size + len(piece.items) > AT_ONCE or len(held) >= AT_ONCE // 5):
                yield held
                held, size = [], 0
            held.append(piece)
            size += len(piece.items)
        if held:
            yield held

    def _pieces(self, findings: Findings) -> Iterator[Piece]:
        for file in source_files(self.import_id):
            if isinstance(file, tuple):
                findings.refuse(file[0], "", file[1])
                continue
            findings.files += 1
            self.tell(file.through, f"{file.name}: {findings.marks:,} marks so far")
            try:
                yield from self._of_file(file, findings)
            except Invalid as problem:
                findings.refuse(file.name, "", problem.detail)

    def _of_file(self, file: SourceFile, findings: Findings) -> Iterator[Piece]:
        def refuse(problem: Invalid) -> None:
            place, found, reason = problem.detail.partition(": ")
            findings.refuse(file.name, place if found else "", reason if found else problem.detail)

        contents = read_source(file, self.choices, refuse)
        findings.formats[contents.format] += 1
        findings.columns.update(dict.fromkeys(contents.columns))
        findings.layout = contents.layout or findings.layout
        for marked in contents.marked:
            yield from self._of_recording(file, contents, marked, findings)

    def _of_recording(
        self, file: SourceFile, contents: Contents, marked: Marked, findings: Findings
    ) -> Iterator[Piece]:
        try:
            recording, marked = self._matched(marked)
            recording = about(recording, marked)
            author = one_line(self.authors.called(marked.annotator), "annotator")
        except Invalid as problem:
            findings.refuse(file.name, marked.recording, problem.detail)
            return
        findings.authors[author] += marked.count
        if self.authors.left_out(author):
            findings.taken.nothing_of(recording, f"what {author} annotated is left out")
            return
        findings.marks += marked.count
        findings.sources += 1
        source, problems, pieces = SaidIn(findings.sources, contents.ways, recording.top), findings.problem_count, 0
        for task, items in self._items(file, contents.format, marked, recording, findings):
            for chunk in in_chunks(items, AT_ONCE):
                pieces += 1
                yield Piece(task, author, chunk, file.name, recording, source, marked.state)
        if not pieces:
            wrong = findings.problem_count > problems
            findings.taken.nothing_of(recording, ALL_WRONG if wrong else LEFT_OUT if marked.count else NOTHING_SAID)

    def _items(
        self, file: SourceFile, form: str, marked: Marked, recording: KnownRecording, findings: Findings
    ) -> Iterator[tuple[int, list[tuple[Collection, Item]]]]:
        def refuse(place: str, reason: str) -> None:
            findings.refuse(file.name, place, reason)

        if marked.said:
            return own_items_by_task(marked, recording, self.labels, refuse)
        texts = self.choices.contents == "texts"
        untiered = form in _OF_EITHER
        return items_by_task(marked, recording, self.labels, texts=texts, untiered=untiered, refuse=refuse)

    def _matched(self, marked: Marked) -> tuple[KnownRecording, Marked]:
        """The recording, and what was marked with its author where the name of a file ends with them: `song.anna`."""
        try:
            return self.recordings.match(marked.audio_path, marked.recording, *marked.also_called), marked
        except SeveralFit:
            raise
        except Invalid:
            if marked.annotator:
                raise
            name = _OF_TASK.sub("", marked.recording)
            for dot in [at for at, letter in enumerate(name) if letter == "."][::-1]:
                try:
                    return self.recordings.match(name[:dot]), replace(marked, annotator=name[dot + 1 :])
                except SeveralFit:
                    raise
                except Invalid:
                    continue
            raise
