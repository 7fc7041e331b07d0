"""Which label of the project a name in files means: what the manager chose, the same name, else a new label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.domain.label_matching import suggest_label_map
from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.imports.import_choices import ImportChoices
from labelbuddy_core.services.imports.imported_items import Labels
from labelbuddy_core.services.labels.project_labels import add_labels, labels_of

MAX_NAME = 80
MAX_NEW = 2_000
"""More new labels than this are texts that were taken for labels."""


class ImportedLabels:
    """Finds labels by the names in files, and counts these. Raises `Invalid` for a choice that is no label."""

    def __init__(self, session: Session, project_id: int, choices: ImportChoices) -> None:
        self._chosen = choices.labels
        self._names = {label["id"]: label["name"] for label in labels_of(session, project_id)}
        self._found: dict[str, str | None] = {}
        self.counts: Counter[str] = Counter()
        wrong = [one for one in choices.labels.values() if one is not None and one not in self._names]
        if wrong:
            raise Invalid(f"The label {wrong[0]!r} is not in this project's label set.", field="labels")

    def find(self, name: str) -> str | None:
        """The id of the label, None for one that would be new, or is left out."""
        if name not in self._found:
            known = self._chosen[name] if name in self._chosen else self._named(name)
            self._found[name] = known
        return self._found[name]

    def _named(self, name: str) -> str | None:
        same = next((label for label, called in self._names.items() if called == name), None)  # "Dogs" beside "Dog"
        if same is not None or name in self._names:
            return same or name
        return suggest_label_map([name], self._names).get(name)

    def counted(self) -> Labels:
        """For a dry run: every name counts, new ones get a label that is not there yet."""

        def of(name: str) -> str | None:
            self._require(name)
            self.counts[name] += 1
            return None if self.left_out(name) else self.find(name) or name

        return Labels(of, _Anything())

    def known(self) -> Labels:
        """For the import itself: new labels have been made."""

        def of(name: str) -> str | None:
            self._require(name)
            found = None if self.left_out(name) else self.find(name)
            if found is None and not self.left_out(name):
                raise Invalid(f"The label {name!r} was not in the files when they were checked; check again.")
            return found

        return Labels(of, frozenset(self._names))

    def left_out(self, name: str) -> bool:
        """Whether marks with this label stay out."""
        return name in self._chosen and self._chosen[name] is None

    def new_names(self, names: Iterable[str]) -> list[str]:
        """Those of these names that need a label of their own."""
        return [name for name in names if not self.left_out(name) and self.find(name) is None]

    def summary(self) -> list[dict[str, Any]]:
        """What was counted, most first: {name, count, label, left_out}."""
        return [
            {"name": name, "count": count, "label": self.find(name), "left_out": self.left_out(name)}
            for name, count in self.counts.most_common()
        ]

    def _require(self, name: str) -> None:
        if not name and name not in self._chosen:
            raise Invalid("It has no label; choose one for marks without a label.")
        one_line(name, "labels")
        if len(name) > MAX_NAME:
            raise Invalid(f"A label has at most {MAX_NAME} characters; is {name[:40]!r}… a text?")


class _Anything(frozenset[str]):
    """Every label: those that a dry run speaks of are not there yet."""

    def __contains__(self, _: object) -> bool:
        return True


def make_labels(session: Session, project_id: int, names: list[str]) -> None:
    """Add labels of these names. Raises `Invalid` for too many: they must be texts."""
    if len(names) > MAX_NEW:
        raise Invalid(
            f"{len(names):,} new labels would be made; take the words of these files as texts, or choose their labels.",
            field="contents",
        )
    add_labels(session, project_id, [{"name": name} for name in names])
