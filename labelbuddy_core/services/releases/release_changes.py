"""Goes through the frozen content of two releases, task by task, and tells each change as JSON values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from labelbuddy_core.domain.releases.differences import SPLIT, TASK_ADDED, TASK_REMOVED, Change, task_changes
from labelbuddy_core.formats.release_manifest import Entry, Manifest, task_of
from labelbuddy_core.services.releases.release_files import frozen

Tell = Callable[[int, int], None]
"""Hears how many of the tasks have been gone through."""
_TOLD_EVERY = 200


class Changes:
    """What changed between two frozen contents, given by their hashes; to be iterated once, inside `with`.

    A change is {kind, what, task, recording, start, stop, annotator, before, after}, in the order of recordings and of
    time. `labels` are those that are called differently: {label, before, after}.
    """

    def __init__(self, before: str, after: str, tell: Tell = lambda _done, _total: None) -> None:
        self._hashes, self._tell = (before, after), tell

    def __enter__(self) -> Changes:
        self._open = ExitStack()
        self._old, self._new = (self._open.enter_context(frozen(one)) for one in self._hashes)
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    @property
    def labels(self) -> list[dict[str, str]]:
        """Labels that are in both and are called differently."""
        old, new = self._names
        return [
            {"label": label, "before": old[label], "after": new[label]}
            for label in sorted({*old} & {*new})
            if old[label] != new[label]
        ]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        old, new = self._names
        for entry, change in _changes(self._old, self._new, self._tell):
            yield _change_json(entry, change, old, new)

    @property
    def _names(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        return self._old.header["label_names"], self._new.header["label_names"]


def _changes(old: Manifest, new: Manifest, tell: Tell) -> Iterator[tuple[Entry, Change]]:
    before = {one.key: one for one in old.entries}
    after = {one.key: one for one in new.entries}
    both = sorted(before.keys() & after.keys())
    for key in sorted(before.keys() - after.keys()):
        yield before[key], Change(TASK_REMOVED, "task", before=before[key].split)
    for key in sorted(after.keys() - before.keys()):
        yield after[key], Change(TASK_ADDED, "task", after=after[key].split)
    pairs = zip(old.lines([before[key] for key in both]), new.lines([after[key] for key in both]), strict=True)
    for done, ((was, one), (entry, other)) in enumerate(pairs):
        if done % _TOLD_EVERY == 0:
            tell(done, len(both))
        if was.split != entry.split:
            yield entry, Change(SPLIT, "task", before=was.split, after=entry.split)
        if one != other:  # most tasks are as they were, and need not be read
            yield from ((entry, change) for change in task_changes(_answers(one), _answers(other)))


def _answers(line: bytes) -> dict[str, Mapping[str, Any]]:
    return {one.annotator: one.document for one in task_of(line).annotations}


def _change_json(entry: Entry, change: Change, old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, Any]:
    start, stop = change.span or (entry.start, entry.stop)
    return {
        "kind": change.kind,
        "what": change.what,
        "task": entry.task,
        "recording": entry.recording,
        "start": start,
        "stop": stop,
        "annotator": change.annotator,
        "before": _named(change.before, old),
        "after": _named(change.after, new),
    }


def _named(item: Any, names: Mapping[str, str]) -> Any:
    """An item with its label by name, as it was called in its release."""
    if not isinstance(item, Mapping):
        return item
    label = item.get("label")
    kept = {name: value for name, value in item.items() if name != "origin"}
    return {**kept, "label": names.get(label, label)} if label else kept
