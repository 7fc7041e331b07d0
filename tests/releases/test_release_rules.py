"""The rules of releases: what may go, how it is divided, which fields are in it, and how two of them differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from labelbuddy_core.domain.releases import differences
from labelbuddy_core.domain.releases.choices import ReleaseChoices, checked_version, parse_choices
from labelbuddy_core.domain.releases.consents import kept_back
from labelbuddy_core.domain.releases.differences import Change, task_changes
from labelbuddy_core.domain.releases.dividing import Dividable, divide, groups_of
from labelbuddy_core.domain.releases.fields import USUAL, on_clip, with_fields
from labelbuddy_core.domain.training.examples import Split
from labelbuddy_core.errors import Invalid

FORMATS = ("jsonl", "csv", "audiofolder")


def region(key: str, start: float, end: float, label: str = "dog", **more: Any) -> dict[str, Any]:
    return {"id": key, "start": start, "end": end, "label": label, "low": None, "high": None, "text": None, **more}


def document(*regions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"regions": list(regions), "points": [], "tags": [], "caption": None, "answers": [], **more}


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    return list(task_changes({"anna": before}, {"anna": after}))


def kinds(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [one.kind for one in changes(before, after)]


def test_thousands_of_regions_that_all_moved_are_compared_with_their_neighbors_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = []
    overlap = differences._overlap
    monkeypatch.setattr(differences, "_overlap", lambda *two: compared.append(1) or overlap(*two))
    count = 3_000
    before = document(*(region(f"c{n}", n, n + 0.6) for n in range(count)))
    after = document(*(region(f"c{n}", n + 0.1, n + 0.7) for n in range(count)))
    assert kinds(before, after) == ["moved"] * count
    assert len(compared) < 5 * count


def test_no_recording_artist_or_group_is_parted_also_over_several_steps() -> None:
    tasks = []
    for n in range(300):
        recording = n // 3
        artist = f"artist {recording // 2}"
        session = f"session {recording // 5}"  # ties artists together
        groups = groups_of({"artist": artist, "session": session}, ["artist", "session"])
        tasks.append(Dividable(n, f"{recording:064x}", ("dog",) if n % 2 else ("cat",), groups))
    found = divide(tasks, 0.2, 0.2, seed=4)
    splits: dict[str, set[Split]] = defaultdict(set)
    for one in tasks:
        for name in (one.sha256, *one.groups):
            splits[name].add(found[one.task])
    assert all(len(where) == 1 for where in splits.values())
    assert set(found.values()) == set(Split)


def test_splits_follow_from_seed_and_content_not_from_the_order() -> None:
    tasks = [Dividable(n, f"{n:064x}", ("dog",), (f"artist={n % 20}", f"album={n % 7}")) for n in range(40)]
    assert divide(tasks, 0.2, 0.2, 1) == divide(tasks[::-1], 0.2, 0.2, 1)
    alone = [Dividable(n, f"{n:064x}", ("dog",)) for n in range(40)]
    assert divide(alone, 0.2, 0.2, 1) != divide(alone, 0.2, 0.2, 2)


def test_rare_labels_are_dealt_out_by_the_shares() -> None:
    tasks = [Dividable(n, f"{n:064x}", ("rare",) if n < 10 else ("dog",)) for n in range(100)]
    found = divide(tasks, 0.2, 0.2, 3)
    assert Counter(found[n] for n in range(10)) == {Split.TRAIN: 6, Split.VALIDATION: 2, Split.TEST: 2}


def test_a_split_with_no_share_stays_empty() -> None:
    found = divide([Dividable(n, f"{n:064x}", ("dog",)) for n in range(50)], 0.0, 0.2, 0)
    assert Counter(found.values()) == {Split.TRAIN: 40, Split.TEST: 10}


def test_case_accents_and_spaces_make_no_other_artist() -> None:
    assert groups_of({"artist": "Dvořák "}, ["artist"]) == groups_of({"artist": "DVORAK"}, ["artist"])
    assert groups_of({"artist": ""}, ["artist", "album"]) == ()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", ""),
        ("Yes", ""),
        ("withdrawn", "consent is refused, withdrawn or pending"),
        ("research only", "consent says 'research only', which is not accepted"),
    ],
)
def test_consent_that_is_not_understood_keeps_a_recording_back(said: str, reason: str) -> None:
    assert kept_back({"consent": said}, ReleaseChoices()) == reason


def test_a_manager_accepts_a_text_or_asks_for_consent_of_all() -> None:
    assert kept_back({"consent": "Research only"}, ReleaseChoices(consents=("research only",))) == ""
    assert kept_back({}, ReleaseChoices(require_consent=True)) == "consent is not stated"
    assert kept_back({"consent": "no"}, ReleaseChoices(consents=("no",))) != "", "a refusal cannot be accepted away"


@pytest.mark.parametrize(
    ("text", "audio", "goes"),
    [
        ("CC BY 4.0", "original", True),
        ("CC BY-ND 4.0", "original", True),
        ("CC BY-ND 4.0", "clips", False),
        ("© 2020 A Label", "original", False),
        ("All rights reserved", "none", True),
        ("All rights reserved", "original", False),
        ("", "original", True),
    ],
)
def test_a_license_decides_whether_audio_is_passed_on(text: str, audio: str, goes: bool) -> None:
    assert (kept_back({"license": text}, ReleaseChoices(audio=audio)) == "") is goes


def test_a_license_can_be_accepted_or_asked_for() -> None:
    mine = "© 2020 A Label"
    assert kept_back({"license": mine}, ReleaseChoices(audio="original", licenses=(mine,))) == ""
    assert kept_back({}, ReleaseChoices(audio="original", require_license=True)) == "the license is not stated"


def test_fields_that_were_not_chosen_are_in_no_document() -> None:
    whole = document(
        region("r1", 1, 2, text="Sitz!", low=100.0, tier="Ben"),
        tags=[{"label": "dog"}],
        caption={"text": "A dog."},
        tiers=[{"name": "Ben", "position": 0}],
    )
    bare = with_fields(whole, ("regions",))
    assert (bare["tags"], bare["caption"], "tiers" in bare) == ([], None, False)
    assert bare["regions"] == [region("r1", 1, 2, tier=None)]
    assert with_fields(whole, USUAL) == whole


def test_labels_of_a_clip_are_on_the_time_line_of_the_clip() -> None:
    whole = document(region("r1", 11.5, 13.0), points=[{"id": "p", "time": 12.0, "kind": "beat"}])
    moved = on_clip(whole, 10.0, 12.5)
    assert (moved["regions"][0]["start"], moved["regions"][0]["end"]) == (1.5, 2.5)
    assert moved["points"][0]["time"] == 2.0


def test_a_region_that_lies_elsewhere_was_moved_and_one_with_another_label_relabeled() -> None:
    before = document(region("r1", 1, 2), region("r2", 3, 4), region("r3", 5, 6), region("r4", 7, 8))
    after = document(region("r1", 1.1, 2), region("r2", 3, 4, "cat"), region("r4", 7, 8), region("r5", 9, 10))
    assert sorted(kinds(before, after)) == ["added", "moved", "relabeled", "removed"]
    moved = next(one for one in changes(before, after) if one.kind == "moved")
    assert moved.span == (1, 2)


def test_regions_that_are_numbered_anew_are_the_same_where_they_lie() -> None:
    before = document(region("c1", 1, 2), region("c2", 3, 4), region("c3", 5, 7))
    after = document(region("c1", 0, 0.5), region("c2", 1, 2), region("c3", 3, 4, "cat"), region("c4", 5.2, 7))
    assert sorted(kinds(before, after)) == ["added", "moved", "relabeled"]


def test_what_is_only_said_differently_is_changed_and_what_is_the_same_is_nothing() -> None:
    before = document(region("r1", 1, 2, text="hi"), tags=[{"label": "dog"}], caption={"text": "A dog."})
    assert kinds(before, before) == []
    after = document(region("r1", 1, 2, text="ho"), tags=[{"label": "cat"}], caption={"text": "A cat."})
    assert [(one.what, one.kind) for one in changes(before, after)] == [
        ("region", "changed"), ("tag", "added"), ("tag", "removed"), ("caption", "changed"),
    ]  # fmt: skip


def test_what_another_person_did_is_compared_with_nothing_else() -> None:
    found = list(task_changes({"anna": document(region("r1", 1, 2))}, {"ben": document(region("r1", 1, 2))}))
    assert [(one.annotator, one.kind) for one in found] == [("anna", "removed"), ("ben", "added")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"which": "all"}, "which"),
        ({"formats": ["docx"]}, "formats"),
        ({"formats": []}, "formats"),
        ({"validation": 0.6}, "validation"),
        ({"validation": 0.5, "test": 0.5}, "test"),
        ({"seed": -1}, "seed"),
        ({"group_by": "artist"}, "group_by"),
        ({"sample_rate": 16_000}, "audio"),
        ({"formats": ["audiofolder"]}, "audio"),
        ({"speed": 2}, "speed"),
        ({"require_consent": 1}, "require_consent"),
    ],
)
def test_a_wrong_choice_is_refused_by_name(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_choices(given, FORMATS)
    assert refused.value.field == field


def test_choices_come_back_from_json_and_their_order_does_not_matter() -> None:
    given = {"formats": ["csv", "jsonl"], "fields": ["tags", "regions"], "audio": "clips", "sample_rate": 16_000}
    chosen = parse_choices(given, FORMATS)
    assert chosen.formats == ("jsonl", "csv")
    assert parse_choices(chosen.as_json(), FORMATS) == chosen
    with pytest.raises(Invalid, match=r"as in 1\.0"):
        checked_version("a version")
