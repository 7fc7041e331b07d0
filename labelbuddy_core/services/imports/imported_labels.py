"""Which label of the project a name in files means: what the manager chose, the same name, else a new label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.domain.label_matching import suggest_label_map
from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.imports.import_choices import MAX_NAME, ImportChoices
from labelbuddy_core.services.imports.imported_items import Labels
from labelbuddy_core.services.labels.project_labels import add_labels, labels_of

MAX_NEW = 2_000
"""More new labels than this are texts that were taken for labels."""


class ImportedLabels:
    """Finds labels by the names in files, and counts these. Raises `Invalid` for a choice that is no label."""

    def __init__(self, session: Session, project_id: int, choices: ImportChoices) -> None:
        self._chosen, self._new = choices.labels, choices.new_labels
        self._names = {label["id"]: label["name"] for label in labels_of(session, project_id)}
        self._by_name = {name.casefold(): label for label, name in self._names.items()}
        self._found: dict[str, str | None] = {}
        self.counts: Counter[str] = Counter()
        wrong = [one for one in choices.labels.values() if one is not None and one not in self._names]
        if wrong:
            raise Invalid(f"The label {wrong[0]!r} is not in this project's label set.", field="labels")

    def find(self, name: str) -> str | None:
        """The id of the label, None for one that would be new, or is left out."""
        if name not in self._found:
            self._found[name] = (
                self._chosen[name] if name in self._chosen
                else self._by_name.get(self._new[name].casefold()) if name in self._new
                else suggest_label_map([name], self._names).get(name)
            )  # fmt: skip
        return self._found[name]

    def counted(self) -> Labels:
        """For a dry run: every name counts, new ones get a label that is not there yet."""

        def of(name: str) -> str | None:
            if not name:  # counted also while nobody has said what these are
                self.counts[name] += 1
            self._require(name)
            if name:
                self.counts[name] += 1
            return None if self.left_out(name) else self.find(name) or self.new_name(name)

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

    def new_name(self, name: str) -> str:
        """What the label is called that would be made for a name."""
        return self._new.get(name, name)

    def new_names(self, names: Iterable[str]) -> list[str]:
        """The labels that are to be made for these names, each once."""
        made: dict[str, str] = {}
        for name in names:
            decided = bool(name) or name in self._new
            if decided and not self.left_out(name) and self.find(name) is None:
                new = self.new_name(name)
                made.setdefault(new.casefold(), new)
        return list(made.values())

    def summary(self) -> list[dict[str, Any]]:
        """What was counted, most first: {name, count, label, left_out, new_name}; `new_name` is a manager's choice.

        Marks without a label are counted as "", and stay out until somebody chooses one for them.
        """
        return [
            {"name": name, "count": count, "label": self.find(name), "left_out": self.left_out(name),
             "new_name": self._new.get(name, "")}
            for name, count in self.counts.most_common()
        ]  # fmt: skip

    def _require(self, name: str) -> None:
        if not name and name not in self._chosen and name not in self._new:
            raise Invalid("It has no label; choose one for marks without a label.")
        one_line(name, "label")
        if len(name) > MAX_NAME:
            raise Invalid(f"A label has at most {MAX_NAME} characters; is {name[:40]!r}… a text?")


class _Anything(frozenset[str]):
    """Every label: those that a dry run speaks of are not there yet."""

    def __contains__(self, _: object) -> bool:
        return True


def require_new(session: Session, project_id: int, choices: ImportChoices, made: Iterable[str]) -> None:
    """Raises `Invalid` where a label that is to be made is there already; `made` are labels that the import made."""
    names = {label["name"].casefold(): label["name"] for label in labels_of(session, project_id)}
    ours = {name.casefold() for name in made}
    for name, new in choices.new_labels.items():
        present = names.get(new.casefold())
        if present is not None and new.casefold() not in ours:
            raise Invalid(
                f"There is a label {present!r} already: give the new label of {name!r} another name, or choose it.",
                field="new_labels",
            )


def make_labels(session: Session, project_id: int, names: list[str]) -> None:
    """Add labels of these names. Raises `Invalid` for too many: they must be texts."""
    if len(names) > MAX_NEW:
        raise Invalid(
            f"{len(names):,} new labels would be made; take the words of these files as texts, or choose their labels.",
            field="contents",
        )
    add_labels(session, project_id, [{"name": name} for name in names])
