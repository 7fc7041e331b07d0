"""Training sets: splits without leaks, snapshots, balance, parameters; and scores of versions with intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from labelbuddy_core.domain.training.balance import balance, cautions
from labelbuddy_core.domain.training.examples import Example, Mark, Split, Truth, checksum, in_words
from labelbuddy_core.domain.training.parameters import Bounds, checked
from labelbuddy_core.domain.training.scores import Asked, Heard, average_precision, compared
from labelbuddy_core.domain.training.splits import Shares, split
from labelbuddy_core.errors import Invalid


def truth(
    task: int, *, recording: int | None = None, group: str = "", label: str = "dog", assisted: bool = False
) -> Truth:
    number = task if recording is None else recording
    return Truth(
        task, number, f"{number:064x}", 0.0, 10.0, "approved", ((task, 3),), assisted,
        (Mark(1.0, 2.0, label),) if label else (), (), group,
    )  # fmt: skip


def splits_of(examples: list[Example]) -> dict[int, Split]:
    return {example.truth.task: example.split for example in examples}


def test_tasks_of_one_recording_or_one_group_are_never_apart() -> None:
    truths = [truth(n, recording=n // 4, group=f"session {n // 12}") for n in range(120)]
    found = splits_of(split(truths, Shares(), seed=1))
    for first in range(0, 120, 12):
        assert len({found[first + n] for n in range(12)}) == 1
    assert set(found.values()) == set(Split)


def test_groups_that_are_tied_over_many_steps_are_never_apart() -> None:
    truths = [truth(n, recording=(n + 1) // 2, group=f"session {n // 2}") for n in range(60)]
    assert len(set(splits_of(split(truths, Shares(), seed=1)).values())) == 1


def test_the_same_seed_gives_the_same_split_in_whatever_order_and_another_seed_another() -> None:
    truths = [truth(n) for n in range(60)]
    one = splits_of(split(truths, Shares(), 1))
    assert splits_of(split(truths[::-1], Shares(), 1)) == one
    assert splits_of(split(truths, Shares(), 2)) != one


def test_every_label_is_dealt_out_by_the_shares_also_a_rare_one() -> None:
    truths = [truth(n, label="rare" if n < 10 else "dog" if n < 90 else "") for n in range(100)]
    found = split(truths, Shares(0.2, 0.2), 3)
    rare = [example.split for example in found if "rare" in example.truth.labels]
    assert [rare.count(one) for one in Split] == [6, 2, 2]
    assert [sum(example.split is one for example in found) for one in Split] == [60, 20, 20]


def test_what_was_learned_before_is_never_tested_and_what_was_tested_never_learned() -> None:
    before = {n: Split.TRAIN if n % 2 else Split.TEST for n in range(30)}
    found = splits_of(split([truth(n) for n in range(60)], Shares(), 9, before))
    assert all(found[n] is before[n] for n in range(30))
    joined = [truth(1, group="band"), truth(2, group="band")]
    assert set(splits_of(split(joined, Shares(), 9, before)).values()) == {Split.TRAIN}


def test_what_was_labeled_without_assistance_is_tested_on_first() -> None:
    truths = [truth(n, assisted=n >= 10) for n in range(50)]
    tested = [example for example in split(truths, Shares(), 4) if example.split is Split.TEST]
    assert 5 <= len(tested) <= 9
    assert not any(example.truth.assisted for example in tested)


def test_shares_that_leave_nothing_to_learn_from_are_refused() -> None:
    with pytest.raises(Invalid, match="test must be a share"):
        Shares(0.2, 0.8)


def test_a_snapshot_is_known_by_its_checksum_and_read_again() -> None:
    examples = split([truth(n) for n in range(9)], Shares(), 1)
    assert checksum(examples) == checksum(examples[::-1])
    changed = [Example(replace(examples[0].truth, sources=((1, 4),)), examples[0].split), *examples[1:]]
    assert checksum(changed) != checksum(examples)
    assert [Example.from_json(example.as_json()) for example in examples] == examples


def test_labels_are_renamed_joined_and_left_out() -> None:
    one = replace(truth(1), regions=(Mark(0, 1, "dog"), Mark(1, 2, "bark"), Mark(2, 3, "car")), tags=("dog", "bark"))
    (found,) = in_words([one], {"dog": "Dog", "bark": "Dog"})
    assert [mark.label for mark in found.regions] == ["Dog", "Dog"]
    assert found.tags == ("Dog",)


def test_the_balance_counts_examples_and_warns_of_what_is_thin() -> None:
    truths = [truth(n, label="dog" if n < 40 else "cat", assisted=True) for n in range(43)]
    found = balance(split(truths, Shares(), 1), ["dog", "cat", "bird"])
    assert found.labels[0]["train"] + found.labels[0]["validation"] + found.labels[0]["test"] == 40
    assert found.splits["train"]["examples"] >= 28
    words = " ".join(found.warnings)
    assert "Fewer than 10 examples to learn from: cat, bird." in words
    assert "held-out examples were labeled with suggestions" in words


def test_figures_of_few_held_out_examples_carry_a_caution() -> None:
    assert cautions(0, 8) is None
    assert (cautions(0, 1) or "").startswith("Only one example was held out: ")
    both = cautions(2, 2) or ""
    assert both.startswith("Only 2 examples were held out: ")
    assert "2 of 2 held-out examples were labeled with suggestions" in both


def test_parameters_have_defaults_bounds_and_whole_numbers() -> None:
    allowed = {"epochs": Bounds(20, 1, 100), "learning_rate": Bounds(0.001, 0.0001, 1)}
    assert checked({"epochs": 5.0}, allowed) == {"epochs": 5, "learning_rate": 0.001}
    for given, words in (
        ({"epochs": 0}, "epochs must be a number from 1 to 100"),
        ({"epochs": 1.5}, "epochs must be a whole number"),
        ({"learning_rate": float("nan")}, "learning_rate must be a number"),
        ({"warmup": 3}, "no parameter 'warmup'; its file declares epochs, learning_rate"),
    ):
        with pytest.raises(Invalid, match=words):
            checked(given, allowed)


def test_average_precision_is_that_of_the_definition_with_ties_counted_together() -> None:
    true = np.array([True, False, True, False])
    assert average_precision(true, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(true, np.zeros(4)) == pytest.approx(0.5)
    assert np.isnan(average_precision(np.zeros(2, bool), np.zeros(2)))


def figures(asked: list[Asked], versions: dict[str, list[Heard]], measure: str) -> dict[str | None, dict]:
    found = compared(asked, versions, ["dog", "cat"], seed=1, replicates=200)
    return {one["label"]: one for one in found if one["measure"] == measure}


def test_a_version_that_hears_better_is_better_beyond_doubt() -> None:
    dog = Mark(1.0, 2.0, "dog")
    asked = [Asked((dog,), None)] * 40
    late = Heard((Mark(1.5, 2.5, "dog"),), {})
    exact = Heard((Mark(1.05, 2.05, "dog"),), {})
    found = figures(asked, {"1": [exact] * 10 + [late] * 30, "2": [exact] * 40}, "event_f1")
    assert found["dog"]["values"]["1"]["value"] == 0.25
    assert found[None]["values"]["2"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    difference = found[None]["difference"]
    assert difference["value"] == 0.75
    assert 0.5 < difference["low"] < 0.75 < difference["high"] < 1.0
    assert found["cat"]["values"]["1"] == {"value": None, "low": None, "high": None}


def test_the_same_version_is_not_better_than_itself() -> None:
    random = np.random.default_rng(0)
    asked = [Asked(None, frozenset(["dog"] if n % 3 else ["cat"])) for n in range(60)]
    heard = [Heard((), {"dog": float(random.random()), "cat": float(random.random())}) for _ in asked]
    found = figures(asked, {"1": heard, "2": heard}, "map")
    assert found[None]["difference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    spread = found[None]["values"]["1"]
    assert spread["low"] < spread["value"] < spread["high"]
