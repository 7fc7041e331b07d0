"""Audio-language models: tiny checkpoints of the real classes behind the container contract, on a processor."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from running_models import ROOT, running, wait_for

from labelbuddy_core.inference.client import client_for
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.specification import Specification
from model_containers.audio_language.configuration import CAPTION_PROMPT
from model_containers.serving.contract import check

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
MODULE = "model_containers.audio_language"
ARCHITECTURES = ("musicflamingo", "audioflamingo3", "qwen2_audio")
OFFLINE = {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": "", "TOKENIZERS_PARALLELISM": "false"}


def _run(python: Path, script: str, *arguments: str) -> str:
    environment = {**os.environ, **OFFLINE, "PYTHONPATH": str(ROOT), "LABELBUDDY_THREADS": "1"}
    command = [str(python), str(HERE / script), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def checkpoints(transformers_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random networks of every architecture, and one that was taught three answers."""
    folder = tmp_path_factory.mktemp("checkpoints")
    _run(transformers_python, "tiny_audio_language.py", str(folder))
    return folder


@pytest.fixture(scope="module")
def said(transformers_python: Path, checkpoints: Path) -> dict[str, Any]:
    """What the random networks answer."""
    return json.loads(_run(transformers_python, "asking_audio_language.py", str(checkpoints)))


@pytest.fixture(scope="module")
def taught(transformers_python: Path, checkpoints: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The taught model as a process: (session, socket)."""
    folder = tmp_path_factory.mktemp("a")
    chosen = {
        "LABELBUDDY_WEIGHTS": str(checkpoints),
        "LABELBUDDY_VARIANT": "taught",
        "LABELBUDDY_LABELS": "piano, drums",
        "LABELBUDDY_TIMED_LABEL": "caption",
        "LABELBUDDY_MAX_TOKENS": "48",
    }
    with running(MODULE, folder, python=transformers_python, **OFFLINE, **chosen) as (_, session, socket):
        ready = lambda: session("GET", "/health").json()["status"] != "starting"  # noqa: E731
        wait_for(ready, "loading", 180.0)
        assert session("GET", "/health").json() == {"status": "ready", "detail": ""}
        yield session, socket


def _wav(seconds: float = 2.0) -> bytes:
    buffer = io.BytesIO()
    noise = 0.1 * np.random.default_rng(0).standard_normal(round(16_000 * seconds))
    soundfile.write(buffer, noise, 16_000, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


def _question(seconds: float = 2.0, **options: Any) -> dict[str, Any]:
    sound = {"data": base64.b64encode(_wav(seconds)).decode(), "format": "wav"}
    content = [{"type": "text", "text": CAPTION_PROMPT}, {"type": "input_audio", "input_audio": sound}]
    return {"messages": [{"role": "user", "content": content}], "max_tokens": 60, **options}


def _events(reply: Any) -> list[dict[str, Any]]:
    lines = [line[6:] for line in reply.text.split("\n\n") if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line)["choices"][0] for line in lines[:-1]]


def test_it_keeps_the_contract(taught: Any) -> None:
    assert [finding for finding in check(taught[0]) if not finding.kept] == []


def test_it_describes_tags_and_says_when(taught: Any) -> None:
    answer = taught[0]("POST", "/predict", files={"audio": ("clip.wav", _wav())}).json()
    assert answer["text"] == [{"text": "A lo-fi track with vinyl crackle."}]
    assert answer["reasoning"] == "I hear a hiss."
    assert [tag["label"] for tag in answer["tags"]] == ["piano"]
    regions = [(one["start"], one["end"], one["label"], one["text"]) for one in answer["regions"]]
    assert regions == [(0.0, 1.0, "caption", "A piano."), (1.0, 2.0, "caption", "Rain.")]


def test_what_it_leaves_out_it_says(taught: Any) -> None:
    answer = taught[0]("POST", "/predict", files={"audio": ("clip.wav", _wav())}).json()
    assert answer["notes"] == [
        "Not in the vocabulary and left out: shoegaze.",
        "1 described stretch(es) begin after the end of the sound and were left out.",
    ]


def test_the_score_is_how_sure_the_network_was_of_the_words(taught: Any) -> None:
    answer = taught[0]("POST", "/predict", files={"audio": ("clip.wav", _wav())}).json()
    (piano,) = answer["tags"]
    assert 0.5 < piano["score"] < 1.0
    options = {"options": json.dumps({"threshold": round(piano["score"] + 0.001, 4)})}
    again = taught[0]("POST", "/predict", files={"audio": ("clip.wav", _wav())}, data=options).json()
    assert again["tags"] == []


def test_its_thoughts_are_kept_apart_whole_and_streamed(taught: Any) -> None:
    session, _ = taught
    whole = session("POST", "/v1/chat/completions", json=_question()).json()["choices"][0]
    assert whole["message"] == {
        "role": "assistant",
        "content": "A lo-fi track with vinyl crackle.",
        "reasoning_content": "I hear a hiss.",
    }
    assert whole["finish_reason"] == "stop"
    parts = _events(session("POST", "/v1/chat/completions", json=_question(stream=True)))
    for field in ("content", "reasoning_content"):
        assert "".join(part["delta"].get(field, "") for part in parts) == whole["message"][field]
    assert len(parts) > 10


def test_an_answer_that_is_cut_off_says_so(taught: Any) -> None:
    choice = taught[0]("POST", "/v1/chat/completions", json=_question(max_tokens=3)).json()["choices"][0]
    assert choice["finish_reason"] == "length"


@pytest.mark.parametrize(
    ("options", "detail"),
    [
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"top_p": 0}, "top_p must be a number above 0"),
        ({"seconds": 5.0}, "a sound lasts 5.0 s; this model hears at most 4 s at once"),
    ],
)
def test_what_it_cannot_take_is_refused_with_the_reason(options: Any, detail: str, taught: Any) -> None:
    reply = taught[0]("POST", "/v1/chat/completions", json=_question(**{"stream": True, **options}))
    assert reply.status_code == 422
    assert detail in reply.json()["detail"]


def test_longer_sound_is_described_part_by_part(taught: Any) -> None:
    answer = taught[0]("POST", "/predict", files={"audio": ("clip.wav", _wav(6.0))}).json()
    assert "Asked in 2 parts: the model hears at most 4 s at once." in answer["notes"]


def test_labelbuddy_asks_it_by_the_chat_protocol(taught: Any, tmp_path: Path) -> None:
    file = tmp_path / "clip.wav"
    file.write_bytes(_wav())
    chat = {"prompt": CAPTION_PROMPT, "reasoning": "field", "seed": 3, "max_tokens": 60}
    text = {"image": "labelbuddy/audio-language:0.1.0", "protocol": "openai-chat", "chat": chat}
    specification = Specification.model_validate({**text, "output_schema": [{"type": "text"}]})
    found = client_for(specification, Endpoint("http://localhost", str(taught[1]), timeout_seconds=120)).predict(
        file, {}
    )
    assert found["text"] == [{"text": "A lo-fi track with vinyl crackle."}]
    assert found["reasoning"] == "I hear a hiss."


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_same_seed_gives_the_same_answer(kind: str, said: dict[str, Any]) -> None:
    first, again, other = said[kind]["sampled"]
    assert first == again
    assert first != other
    assert said[kind]["unseeded"][0] == said[kind]["unseeded"][1]


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_what_it_says_depends_on_the_sound(kind: str, said: dict[str, Any]) -> None:
    noise, tone = said[kind]["heard"]
    assert max(abs(one - other) for one, other in zip(noise, tone, strict=True)) > 1e-5


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_it_talks_in_several_turns_and_without_sound(kind: str, said: dict[str, Any]) -> None:
    assert 1 <= said[kind]["without_sound"] <= 5
    assert 1 <= said[kind]["several_turns"] <= 5


def test_sounds_beyond_what_a_model_takes_are_refused(said: dict[str, Any]) -> None:
    for kind in ("musicflamingo", "audioflamingo3"):
        assert said[kind]["two_sounds"] == "UnusableChatError: the conversation has 2 sounds; this model takes 1"
    assert said["qwen2_audio"]["two_sounds"] == ""
    for kind, longest in (("musicflamingo", 1200), ("audioflamingo3", 600), ("qwen2_audio", 4)):
        assert f"a sound lasts 1300.0 s; this model hears at most {longest} s at once" in said[kind]["long"]


def test_flamingos_hear_several_windows_at_once(said: dict[str, Any]) -> None:
    assert not [note for note in said["musicflamingo"]["notes"] if "parts" in note]
    assert "Asked in 3 parts: the model hears at most 4 s at once." in said["qwen2_audio"]["notes"]


def test_fewer_bits_need_less_memory_and_answer(said: dict[str, Any]) -> None:
    full = said["musicflamingo"]["memory"]
    assert said["4bit"]["memory"] < said["8bit"]["memory"] < full
    assert said["bfloat16"]["memory"] < 0.6 * full
    for precision in ("bfloat16", "8bit", "4bit"):
        first, again = said[precision]["answers"]
        assert first == again
        assert first


def test_the_thinking_adapter_is_put_into_the_weights_under_the_names_of_today(said: dict[str, Any]) -> None:
    found = said["thinking"]
    assert [name.rsplit(".", 2)[1] for name in found["changed"] if "lm_head" not in name] == ["embed_tokens", "q_proj"]
    assert found["replaced"] == [pytest.approx(0.25, abs=1e-5)]
    assert found["off_by"] < 1e-5
    assert found["version"].endswith("audioflamingo3-think")
    assert found["prompt"] == ["What is heard?\nPlease think and reason about the input audio before you respond."]


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("4bit", "LABELBUDDY_PRECISION must not be 4bit"),
        ("other_family", "Music Flamingo has no thinking adapter"),
        ("misnamed", "'elsewhere.lora_A.weight' has no place in it"),
        ("lacking", "has no adapter_config.json and no adapter_model.safetensors"),
    ],
)
def test_thinking_that_is_not_possible_is_refused_with_the_reason(said: dict[str, Any], case: str, says: str) -> None:
    assert says in said["thinking"][case]


def test_a_gpu_that_is_not_there_is_told_with_what_to_do(said: dict[str, Any]) -> None:
    assert said["cuda"].startswith("NotAvailableError: LABELBUDDY_DEVICE is cuda, but ")
    assert said["cuda"].endswith("Leave it at auto to run on the processor.")


def test_without_a_checkpoint_it_says_how_to_get_one(transformers_python: Path, tmp_path: Path) -> None:
    with running(MODULE, tmp_path, python=transformers_python, LABELBUDDY_WEIGHTS=str(tmp_path)) as (_, session, _s):
        health = wait_for(
            lambda: (said := session("GET", "/health").json())["status"] == "failed" and said, "giving up"
        )
        assert "`labelbuddy model fetch NAME` gets one" in health["detail"]
