"""Rules of labels over HTTP: what a save changes is held to them, what was there before is not."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from labelbuddy_core.database import get_database
from labelbuddy_core.services.projects import projects

HUMAN = {"kind": "human"}
SURE = {"id": "sure", "name": "How sure", "kind": "rating", "required": True}
WHO = {"id": "who", "name": "Speaker", "kind": "choice", "choices": ["Ada", "Ben"]}
ASKED = [SURE, WHO, {"name": "Level", "kind": "number"}, {"name": "Near", "kind": "yes-no"}, {"name": "Note"}]
LABELS: list[dict[str, Any]] = [
    {"name": "Speech", "shortest": 0.5, "attributes": ASKED},
    {"name": "Chord", "overlap": "forbid", "vocabulary": "harte"},
    {"name": "Section", "overlap": "trim", "vocabulary": "salami"},
    {"name": "Anything"},
]


def put(identity: str, start: float, end: float, label: str, **more: Any) -> dict[str, Any]:
    value = {"id": identity, "start": start, "end": end, "label": label, "origin": HUMAN, **more}
    return {"op": "put", "collection": "regions", "id": identity, "value": value}


class Editor:
    """One annotator at one task of 60 s, whose project has rules."""

    def __init__(self, manager: Any, project: str, task: str, http: Any) -> None:
        self.manager, self.project, self.http = manager, project, http
        self.url = f"/api/v1/tasks/{task}/annotation"
        self.client = str(uuid4())
        self.sequence = itertools.count()

    def save(self, *operations: dict[str, Any], base: int | None = None) -> Any:
        body = {"client": self.client, "sequence": next(self.sequence), "operations": list(operations)}
        return self.http.patch(self.url, json={**body, "base_revision": self.revision() if base is None else base})

    def replace(self, *regions: dict[str, Any]) -> Any:
        document = {"schema": "labelbuddy/annotation@1", "regions": [one["value"] for one in regions]}
        body = {"client": self.client, "sequence": next(self.sequence), "base_revision": self.revision()}
        return self.http.put(self.url, json={**body, "document": document})

    def refused(self, *operations: dict[str, Any]) -> tuple[str, str]:
        """Field and detail of a save that is refused, after which nothing is saved."""
        before = self.revision()
        answer = self.save(*operations)
        assert (answer.status_code, self.revision()) == (422, before)
        return answer.json()["field"], answer.json()["detail"]

    def revision(self) -> int:
        return self.http.get(self.url).json()["revision"]

    def regions(self) -> list[str]:
        return [region["id"] for region in self.http.get(self.url).json()["document"]["regions"]]

    def rule(self, **changes: list[dict[str, Any]]) -> None:
        """Other rules for labels, by their ids."""
        labels = projects.get_project(self.manager, self.project)["labels"]
        changed = [{**label, **changes.get(label["id"], {})} for label in labels]
        projects.update_project(self.manager, self.project, {"labels": changed})


@pytest.fixture
def editor(
    make_user: Callable[..., Any],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    client_for: Callable[..., Any],
) -> Editor:
    manager, annotator = make_user(), make_user()
    project = make_project(managers=(manager,), annotators=(annotator,))
    projects.update_project(manager, project, {"labels": LABELS})
    return Editor(manager, project, add_task(project, annotators=(annotator,)), client_for(annotator))


@pytest.mark.parametrize(
    ("operation", "member", "told"),
    [
        (put("a", 1, 1.4, "speech"), "end", "lasts at least 0.5 s"),
        (put("a", 1, 1, "speech"), "end", "lasts at least 0.5 s"),
        (put("a", 1, 2, "chord", text="H:major"), "text", "“H:major” is no chord"),
        (put("a", 1, 2, "section", text="refrain"), "text", "“refrain” is no section"),
        (put("a", 1, 2, "speech", attributes={"mood": "sad"}), "attributes.mood", "does not ask for “mood”, only for"),
        (put("a", 1, 2, "anything", attributes={"mood": "sad"}), "attributes.mood", "nor for anything else"),
        (put("a", 1, 2, "speech", attributes={"who": "Zoe"}), "attributes.who", "is one of Ada, Ben, not “Zoe”"),
        (put("a", 1, 2, "speech", attributes={"sure": 6}), "attributes.sure", "from 1 to 5"),
        (put("a", 1, 2, "speech", attributes={"sure": 2.5}), "attributes.sure", "from 1 to 5"),
        (put("a", 1, 2, "speech", attributes={"sure": True}), "attributes.sure", "from 1 to 5"),
        (put("a", 1, 2, "speech", attributes={"Level": "loud"}), "attributes.Level", "is a number"),
        (put("a", 1, 2, "speech", attributes={"Near": "yes"}), "attributes.Near", "is true or false"),
        (put("a", 1, 2, "speech", attributes={"Note": 3}), "attributes.Note", "is a text"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_member_with_a_reason(
    editor: Editor, operation: dict[str, Any], member: str, told: str
) -> None:
    field, detail = editor.refused(put("fine", 5, 6, "anything"), operation)
    assert field == f"operations.1.value.{member}"
    assert told in detail
    assert editor.replace(put("fine", 5, 6, "anything"), operation).json()["field"] == f"document.regions.1.{member}"


def test_what_keeps_to_the_rules_is_saved(editor: Editor) -> None:
    answers = {"sure": 5, "who": "Ada", "Level": -3.5, "Near": False, "Note": None}
    told = editor.save(
        put("a", 1, 1.5, "speech", attributes=answers),
        put("b", 1, 2, "chord", text="A:min/b3"),
        put("c", 1, 2, "section", text="Chorus"),
        put("d", 1, 1, "anything"),
    )
    assert told.status_code == 200
    assert len(editor.regions()) == 4


@pytest.mark.parametrize("label", ["chord", "section"])
def test_regions_of_a_label_that_never_overlaps_may_touch_but_not_meet(editor: Editor, label: str) -> None:
    assert editor.save(put("a", 10, 20, label), put("b", 20, 30, label)).status_code == 200
    field, detail = editor.refused(put("x", 1, 2, "anything"), put("c", 15, 16, label))
    assert field == "operations.1.value.start"
    assert "must not overlap: the one from 15 to 16 s meets the one from 10 to 20 s" in detail
    editor.refused(put("c", 5, 10.1, label))
    editor.refused(put("c", 5, 40, label))
    editor.refused(put("a", 12, 21, label))
    assert editor.save(put("c", 5, 10.000001, label), put("d", 12, 18, "anything")).status_code == 200


def test_regions_that_are_put_together_are_held_to_each_other(editor: Editor) -> None:
    field, _ = editor.refused(put("a", 1, 3, "chord"), put("b", 5, 6, "chord"), put("c", 2, 4, "chord"))
    assert field == "operations.2.value.start"
    assert editor.replace(put("a", 1, 3, "chord"), put("b", 2, 4, "chord")).json()["field"] == (
        "document.regions.1.start"
    )


def test_places_can_be_exchanged_in_one_save(editor: Editor) -> None:
    editor.save(put("a", 10, 20, "chord"), put("b", 20, 30, "chord"))
    assert editor.save(put("a", 20, 30, "chord"), put("b", 10, 20, "chord")).status_code == 200
    gone = {"op": "delete", "collection": "regions", "id": "b"}
    assert editor.save(put("c", 12, 14, "chord"), gone).status_code == 200


def test_points_are_held_to_no_rule(editor: Editor) -> None:
    value = {"id": "p", "time": 3.0, "kind": "event", "label": "chord"}
    editor.save(put("a", 1, 5, "chord"))
    assert editor.save({"op": "put", "collection": "points", "id": "p", "value": value}).status_code == 200


def test_what_was_saved_before_a_rule_was_tightened_stays_and_can_be_changed(editor: Editor) -> None:
    old = {"text": "hello", "attributes": {"who": "Ada"}}
    editor.rule(anything={"attributes": [WHO]})
    editor.save(put("a", 1, 1.2, "anything", **old), put("b", 1.1, 3, "anything", **old))
    strict = {"shortest": 1.0, "vocabulary": "harte", "overlap": "forbid", "attributes": []}
    editor.rule(anything=strict)
    assert editor.save(put("c", 30, 31, "anything")).status_code == 200
    assert editor.save(put("a", 1, 1.2, "anything", **old, low=100)).status_code == 200
    assert editor.save(put("b", 1.1, 3, "anything", text="C:maj", attributes=old["attributes"])).status_code == 200
    assert editor.refused(put("a", 1, 1.3, "anything", **old))[0].endswith("value.end")
    assert editor.refused(put("b", 1.1, 2.9, "anything", **old))[0].endswith("value.text")
    assert editor.refused(put("b", 1.1, 2.9, "anything"))[0].endswith("value.start")
    assert editor.save(put("b", 2, 3, "anything")).status_code == 200


def test_a_whole_document_may_be_sent_back_with_what_was_in_it(editor: Editor) -> None:
    old = [put("a", 1, 1.2, "anything", text="hello"), put("b", 1.1, 3, "anything")]
    editor.save(*old)
    editor.rule(anything={"shortest": 1.0, "vocabulary": "harte", "overlap": "forbid"})
    assert editor.replace(*old, put("c", 5, 7, "anything")).status_code == 200
    assert editor.replace(*old, put("c", 2, 7, "anything")).json()["field"] == "document.regions.2.start"
    assert editor.regions() == ["a", "b", "c"]


def test_another_label_brings_its_own_rules(editor: Editor) -> None:
    editor.save(put("a", 1, 3, "anything", text="hello"), put("b", 2, 4, "chord"))
    assert editor.refused(put("a", 1, 3, "chord", text="hello"))[0].endswith("value.text")
    assert editor.refused(put("a", 1, 3, "chord"))[0].endswith("value.start")


def test_of_two_tabs_whose_regions_would_overlap_the_later_one_is_told_which_one(editor: Editor) -> None:
    """The second tab begins at the same revision, merges item by item, and sends the rest without what was refused."""
    editor.save(put("other", 50, 51, "anything"))
    editor.save(put("first", 10, 20, "chord"), base=1)
    editor.client = str(uuid4())
    mine = [put("kept", 30, 40, "chord"), put("late", 15, 25, "chord"), put("note", 1, 2, "anything")]
    stale = editor.save(*mine, base=1)
    assert (stale.status_code, stale.json()["revision"]) == (409, 2)
    assert editor.refused(*mine)[0] == "operations.1.value.start"
    assert editor.save(mine[0], mine[2]).status_code == 200
    assert editor.regions() == ["note", "first", "kept", "other"]


def test_an_earlier_revision_comes_back_whatever_the_rules_are_now(editor: Editor) -> None:
    editor.save(put("a", 1, 3, "anything"), put("b", 2, 4, "anything"))
    editor.save({"op": "delete", "collection": "regions", "id": "a"})
    editor.rule(anything={"overlap": "forbid", "shortest": 10})
    identity = editor.http.get(editor.url).json()["id"]
    assert editor.http.post(f"/api/v1/annotations/{identity}/restore", json={"revision": 1}).status_code == 200
    assert editor.regions() == ["a", "b"]


def test_a_required_answer_is_asked_for_when_handing_in(editor: Editor) -> None:
    editor.save(
        put("b", 5, 6, "speech", attributes={"who": "Ben"}),
        put("a", 8, 9, "speech"),
        put("c", 1, 2, "speech", attributes={"sure": 3}),
    )
    refused = editor.http.post(f"{editor.url}/submit", json={"revision": 1})
    assert refused.status_code == 422
    problem = refused.json()
    assert (problem["region"], problem["attribute"]) == ("b", "sure")
    assert problem["field"] == "regions.b.attributes.sure"
    assert "“How sure” is not answered for Speech at 5 s" in problem["detail"]
    editor.save(*(put(name, at, at + 1, "speech", attributes={"sure": 1}) for name, at in (("a", 8), ("b", 5))))
    assert editor.http.post(f"{editor.url}/submit", json={"revision": 2}).json()["state"] == "submitted"


def test_a_wrong_answer_about_an_instant_is_refused_by_its_member_with_a_reason(editor: Editor) -> None:
    def instant(**attributes: Any) -> dict[str, Any]:
        value = {"id": "e", "time": 4.0, "kind": "event", "label": "speech", "attributes": attributes, "origin": HUMAN}
        return {"op": "put", "collection": "points", "id": "e", "value": value}

    for attributes, told in (({"who": "Zoe"}, "is one of Ada, Ben"), ({"mood": "sad"}, "does not ask for “mood”")):
        (name,) = attributes
        field, detail = editor.refused(instant(**attributes))
        assert field == f"operations.0.value.attributes.{name}"
        assert told in detail
    editor.save(instant(who="Ada"))
    editor.rule(speech={"attributes": []})
    assert editor.save(instant(who="Ada"), base=1).status_code == 200
    field, _ = editor.refused(instant(who="Ben"))
    assert field == "operations.0.value.attributes.who"


def test_a_required_answer_of_an_instant_is_asked_for_when_handing_in(editor: Editor) -> None:
    point = {"id": "e", "time": 4.0, "kind": "event", "label": "speech", "origin": HUMAN}
    put_point = {"op": "put", "collection": "points", "id": "e"}
    editor.save({**put_point, "value": point})
    refused = editor.http.post(f"{editor.url}/submit", json={"revision": 1})
    assert refused.status_code == 422
    assert refused.json()["field"] == "points.e.attributes.sure"
    editor.save({**put_point, "value": {**point, "attributes": {"sure": 3}}})
    assert editor.http.get(editor.url).json()["document"]["points"][0]["attributes"] == {"sure": 3}
    assert editor.http.post(f"{editor.url}/submit", json={"revision": 2}).json()["state"] == "submitted"


def test_a_text_outside_the_vocabulary_of_its_label_is_not_handed_in(editor: Editor) -> None:
    editor.save(put("a", 8, 9, "anything", text="a bell"), put("b", 5, 6, "anything", text="C:maj"))
    editor.rule(anything={"vocabulary": "harte"})
    refused = editor.http.post(f"{editor.url}/submit", json={"revision": 1})
    assert refused.status_code == 422
    problem = refused.json()
    assert (problem["region"], problem["field"]) == ("a", "regions.a.text")
    assert "at 8 s: “a bell” is no chord" in problem["detail"]
    editor.save(put("a", 8, 9, "anything", text="N"), base=1)
    assert editor.http.post(f"{editor.url}/submit", json={"revision": 2}).status_code == 200


def test_a_text_that_is_none_of_the_words_of_its_label_is_refused(editor: Editor) -> None:
    editor.rule(anything={"vocabulary": "own", "words": ["bell", "horn"]})
    refused = editor.save(put("a", 8, 9, "anything", text="Bell"))
    assert refused.status_code == 422
    assert refused.json()["field"] == "operations.0.value.text"
    assert "none of the words of its label: bell, horn" in refused.json()["detail"]
    assert editor.save(put("a", 8, 9, "anything", text="bell")).status_code == 200


def test_a_save_asks_the_database_the_same_number_of_times_however_many_regions_there_are(editor: Editor) -> None:
    editor.save()
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = get_database().engine
    event.listen(engine, "before_cursor_execute", note)
    counts = []
    for size in (1, 40):
        asked.clear()
        editor.save(
            *(put(f"r{size}-{n}", size + n * 0.1, size + (n + 1) * 0.1, "chord", text="N") for n in range(size))
        )
        counts.append(len(asked))
    event.remove(engine, "before_cursor_execute", note)
    assert counts[0] == counts[1]
