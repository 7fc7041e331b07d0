"""What words of an audio-language model are taken for, and that nothing is made up on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_containers.audio_language.checkpoints import NoCheckpointError, find_checkpoint, read_config
from model_containers.audio_language.configuration import configuration
from model_containers.audio_language.pieces import Piece, PieceReader, probability_of
from model_containers.audio_language.words import json_in, labels_in, timed_texts
from model_containers.serving.thinking import Separator

LABELS = ["rock", "jazz", "soft rock", "no vocals", "drums", "piano"]


@pytest.mark.parametrize(
    ("text", "named", "unknown", "denied"),
    [
        ("rock, Jazz, shoegaze", ["rock", "jazz"], ["shoegaze"], []),
        ("- rock\n- jazz\n- cow", ["rock", "jazz"], ["cow"], []),
        ("1. Piano\n2. theremin", ["piano"], ["theremin"], []),
        ("Rock.", ["rock"], [], []),
        ('Here: ["rock", "metal"]', ["rock"], ["metal"], []),
        ('```json\n{"tags": ["Piano"]}\n```', ["piano"], [], []),
        ("very soft rock, jazz", ["jazz"], ["very soft rock"], []),
        ("This is soft rock with no drums and a piano.", ["soft rock", "piano"], [], ["drums"]),
        ("There are no vocals in it, without any piano, but a lot of drums.", ["no vocals", "drums"], [], ["piano"]),
        ("It is jazzy, rocky music that has been going on for a while now", [], [], []),
    ],
)
def test_labels_are_those_of_the_vocabulary_that_are_named(
    text: str, named: list[str], unknown: list[str], denied: list[str]
) -> None:
    found = labels_in(text, LABELS)
    assert [one.label for one in found.named] == named
    assert (list(found.unknown), list(found.denied)) == (unknown, denied)


@given(st.text(max_size=200), st.lists(st.sampled_from(LABELS), max_size=4))
def test_no_words_name_a_label_that_is_not_in_them(text: str, vocabulary: list[str]) -> None:
    for one in labels_in(text, vocabulary).named:
        assert one.label in vocabulary
        assert one.label.casefold() in text.casefold()


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("[0:00 - 0:12] Piano intro.\n[0:12 - 1:02.5] Drums.", [(0, 12, "Piano intro."), (12, 62.5, "Drums.")]),
        ("1. **[00:00-00:10]**: Soft pads\n2. **[00:10-00:20]**: Bass", [(0, 10, "Soft pads"), (10, 20, "Bass")]),
        ("(12.5s to 30s) rain (30s to 41 s) thunder", [(12.5, 30, "rain"), (30, 41, "thunder")]),
        ("- From 0:05 to 0:10, rain\n0:10–0:20: a bell", [(5, 10, "rain"), (10, 20, "a bell")]),
        ("[0:12] a bell [0:20] a dog", [(12, None, "a bell"), (20, None, "a dog")]),
        ("1:02:03.5 --> 1:02:10 late", [(3723.5, 3730, "late")]),
        ("It lasts 30 seconds, at 90 BPM, in 4/4.\n90 beats\n12 guitars", []),
        ("[3, 5] and [a, b] (2020)", []),
        ("[0:30 - 0:10] backwards", []),
    ],
)
def test_time_stamps_make_stretches(text: str, stretches: list[Any]) -> None:
    assert [(one.start, one.end, one.text) for one in timed_texts(text)[0]] == stretches


def test_what_is_said_beside_the_stretches_is_kept() -> None:
    found, besides = timed_texts("A calm piece.\n[0:00 - 0:12] Piano.\n\nIt ends softly.")
    assert [(one.text, one.place) for one in found] == [("Piano.", 28)]
    assert besides == "A calm piece.\nIt ends softly."


@given(st.text(alphabet="[]():-0123456789. \nsab", max_size=80))
def test_no_text_breaks_the_reading_of_time_stamps(text: str) -> None:
    for one in timed_texts(text)[0]:
        assert one.start >= 0.0
        assert one.text
        assert one.end is None or one.end >= one.start
        assert text[one.place :].startswith(one.text.split()[0])


def test_json_is_found_among_words() -> None:
    assert json_in('Sure: {"a": [1]} and {"b": 2}') == {"a": [1]}
    assert json_in("[not json] at all {") is None


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("<think>\nI hear.\n</think>\n\nRain < 3 dB.", "\nI hear.\n", "Rain < 3 dB."),
        ("Rain <think> is no thought here", "", "Rain <think> is no thought here"),
        ("<think>never ends </thin", "never ends </thin", ""),
        ("<thin", "", "<thin"),
        ("  <think></think>ok", "", "ok"),
    ],
)
def test_thoughts_are_told_from_answers_however_they_are_cut(size: int, text: str, thought: str, answer: str) -> None:
    separator = Separator()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    parts = [part for piece in pieces for part in separator.take(piece)] + separator.rest()
    assert "".join(part.text for part in parts if part.field == "reasoning_content") == thought
    assert "".join(part.text for part in parts if part.field == "content") == answer


class Bytes:
    """A tokenizer whose tokens are bytes."""

    def decode(self, ids: list[int], **_: Any) -> str:
        return bytes(ids).decode("utf-8", "replace")


def test_half_a_character_waits_for_its_rest_and_special_tokens_are_no_text() -> None:
    reader = PieceReader(Bytes(), frozenset((7,)))
    pieces = [reader.read(token, 0.5).text for token in [*"aé".encode(), 7, *b"\nb"]]
    assert pieces == ["a", "", "é", "", "\n", "b"]


def test_a_score_is_the_mean_probability_of_the_tokens_of_the_words() -> None:
    pieces = [Piece("a ", 0.1), Piece("do", 0.5), Piece("g", 0.125), Piece("", 0.9), Piece(".", 0.1)]
    assert probability_of(pieces, 2, 5) == pytest.approx(0.25)
    assert probability_of(pieces, 9, 12) == 0.0


def test_the_environment_is_read_and_mistakes_name_the_variable() -> None:
    chosen = configuration({"LABELBUDDY_LABELS": '["a, b", "c"]', "LABELBUDDY_PRECISION": "4BIT"})
    assert (chosen.labels, chosen.precision, chosen.weights) == (("a, b", "c"), "4bit", Path("/data"))
    assert configuration({"LABELBUDDY_LABELS": "a, b,,a"}).labels == ("a", "b")
    for name, value in {"DEVICE": "tpu", "PRECISION": "2bit", "MAX_TOKENS": "0", "SEED": "-1", "LABELS": "[1]"}.items():
        with pytest.raises(ValueError, match=f"LABELBUDDY_{name} must be"):
            configuration({f"LABELBUDDY_{name}": value})


def test_a_checkpoint_is_found_by_name_or_alone(tmp_path: Path) -> None:
    with pytest.raises(NoCheckpointError, match=r"no checkpoint in .*`labelbuddy model fetch NAME`"):
        find_checkpoint(tmp_path, "")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text('{"model_type": "llama"}')
    assert find_checkpoint(tmp_path, "two") == tmp_path / "two"
    with pytest.raises(NoCheckpointError, match=r"several checkpoints .* one of one, two"):
        find_checkpoint(tmp_path, "")
    with pytest.raises(NoCheckpointError, match=r"no checkpoint 'three' in .* \(there: one, two\)"):
        find_checkpoint(tmp_path, "three")
    with pytest.raises(NoCheckpointError, match=r"type 'llama'; this container runs Music Flamingo, Audio Flamingo 3"):
        read_config(tmp_path / "one")
