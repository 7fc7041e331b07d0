"""What a model may answer to `POST /embed`, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labelbuddy_core.errors import ModelProblem, SpecificationProblem
from labelbuddy_core.inference.declarations import contradictions
from labelbuddy_core.inference.embedding import check_embedding, joined_embeddings, unpacked
from labelbuddy_core.inference.specification import parse_specification


def row(start: Any = 0.0, end: Any = 1.0, vector: Any = (1.0, 2.0)) -> dict[str, Any]:
    return {"start": start, "end": end, "vector": list(vector) if isinstance(vector, tuple) else vector}


def check(*rows: Any) -> Any:
    return check_embedding({"embeddings": list(rows)}, offset=5.0, duration=2.0)


REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": ((), "must be a list of objects"),
    "no objects": ((1, 2), "must be a list of objects"),
    "no vector": (({"start": 0, "end": 1},), "lists of numbers"),
    "an empty vector": ((row(vector=()),), "have 0 numbers"),
    "words": ((row(vector=("a", "b")),), "lists of numbers"),
    "truth values": ((row(vector=(True, False)),), "lists of numbers"),
    "lists of lists": ((row(vector=([1.0], [2.0])),), "lists of numbers"),
    "two lengths": ((row(), row(1.0, 2.0, (1.0,))), "all of one length"),
    "not finite": ((row(vector=(float("inf"), 0.0)),), "lists of numbers"),
    "an enormous number": ((row(vector=(10**400, 0)),), "lists of numbers"),
    "too many numbers": ((row(vector=[0.0] * 9000),), "have 9000 numbers"),
    "no times": ((row(start=None),), "'start' and 'end' must be numbers"),
    "an end before its start": ((row(1.0, 0.5),), "must lie in the audio"),
    "a start after the audio": ((row(3.0, 4.0),), "must lie in the audio"),
    "another order": ((row(1.0, 2.0), row(0.0, 1.0)), "in order"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_vectors_of_another_form_are_refused_with_the_reason(name: str) -> None:
    rows, reason = REFUSED[name]
    with pytest.raises(ModelProblem, match=reason):
        check(*rows)


def test_times_become_recording_times_and_end_with_the_audio() -> None:
    found = check(row(), row(1.0, 3.0, (3, 4)))
    assert found.times.tolist() == [[5.0, 6.0], [6.0, 7.0]]
    assert found.vectors.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_what_half_precision_cannot_hold_is_its_largest_number() -> None:
    assert check(row(vector=(1e9, -1e9))).vectors.tolist() == [[65504.0, -65504.0]]


def test_the_mean_weighs_vectors_by_their_time() -> None:
    assert check(row(0.0, 0.5, (0.0,)), row(0.5, 2.0, (4.0,))).mean.tolist() == [3.0]


def test_packing_is_undone_by_unpacking_and_gives_the_same_bytes_each_time() -> None:
    found = check(row(), row(1.0, 2.0))
    assert found.packed() == found.packed()
    assert np.array_equal(unpacked(found.packed()).vectors, found.vectors)


def test_pieces_with_vectors_of_different_lengths_are_refused() -> None:
    with pytest.raises(ModelProblem, match="differ in length"):
        joined_embeddings([check(row()), check(row(vector=(1.0,)))])


def test_only_a_server_of_our_protocol_can_be_asked_for_an_embedding() -> None:
    with pytest.raises(SpecificationProblem, match="protocol: labelbuddy") as wrong:
        parse_specification("image: a\nprotocol: label-studio\noutput_schema:\n  - type: embedding\n")
    assert wrong.value.extra["mistakes"][0]["line"] == 4


def test_a_model_without_embed_contradicts_a_file_that_declares_an_embedding() -> None:
    found = parse_specification("image: a\noutput_schema:\n  - type: embedding\n")
    assert contradictions(found, {"capabilities": ["predict"]}) == [
        "Its file declares an embedding, and the model says that it cannot embed."
    ]
    assert contradictions(found, {"capabilities": ["embed"]}) == []
