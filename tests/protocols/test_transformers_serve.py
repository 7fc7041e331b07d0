"""`transformers serve`, unchanged, with a tiny Qwen2-Audio of the real classes behind it, asked by our client."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
import soundfile

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.answer import check_answer
from labelbuddy_core.inference.client import client_for
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.chat_questions import question
from labelbuddy_core.inference.specification import Specification

TALKER = Path(__file__).with_name("tiny_talker.py")
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false"}
TAGS = [{"type": "tag", "labels": ["tone", "hum"]}]
DESCRIBE, WHICH = "Describe this sound.", "Which of these do you hear?"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def specification(outputs: Any, **chat: Any) -> Specification:
    return Specification.model_validate(
        {"endpoint": "http://talker", "protocol": "openai-chat", "output_schema": outputs, "chat": chat}
    )


@pytest.fixture(scope="module")
def server(transformers_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose model answers two questions, about any sound."""
    folder = tmp_path_factory.mktemp("talker")
    environment = {**os.environ, **OFFLINE}
    lessons = [
        DESCRIBE,
        "<think>It hums.</think>A long tone.",
        question(specification(TAGS), WHICH),
        '{"tags": ["Tone"]}',
    ]
    taught = subprocess.run(
        [str(transformers_python), str(TALKER), str(folder / "model"), *lessons],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert taught.returncode == 0, taught.stderr[-2000:]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = transformers_python.with_name("transformers")
    command = [program, "serve", folder / "model", "--port", port, "--device", "cpu"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(part) for part in command], env=environment, stdout=log, stderr=log)
    address = f"http://localhost:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None, (folder / "log").read_text()[-2000:]
            try:
                requests.get(f"{address}/health", timeout=5)
                break
            except requests.RequestException:
                time.sleep(0.5)
        yield address
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module", params=["wav", "flac"])
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a tone, in each of the forms that we send."""
    path = tmp_path_factory.mktemp("sound") / f"tone.{request.param}"
    tone = 0.5 * np.sin(2 * np.pi * 200 * np.arange(32_000) / 16_000)
    soundfile.write(path, tone, 16_000, subtype="PCM_16")
    return path


def client(address: str, outputs: Any = None, **chat: Any) -> Any:
    wanted = specification(outputs or [{"type": "text"}], **chat)
    return client_for(wanted, Endpoint(url=address, timeout_seconds=120))


@pytest.mark.parametrize("stream", [True, False])
def test_a_caption_comes_whole_and_streamed_and_thoughts_are_kept_apart(server: str, sound: Path, stream: bool) -> None:
    asked = client(server, prompt=DESCRIBE, stream=stream)
    assert asked.health() == {"status": "ready", "detail": ""}
    raw = asked.predict(sound, {})
    assert check_answer(raw, offset=0.0, duration=2.0).text == ["A long tone."]
    assert raw["reasoning"] == "It hums."
    assert raw["model"] == asked.info()["name"]
    assert raw["usage"]["completion_tokens"] > 0


def test_tags_come_as_json_with_the_labels_of_the_file(server: str, sound: Path) -> None:
    raw = client(server, TAGS, prompt=WHICH).predict(sound, {})
    assert check_answer(raw, offset=0.0, duration=2.0).tags == [("tone", None)]


def test_an_answer_that_was_cut_off_says_so(server: str, sound: Path) -> None:
    whole = client(server, prompt=DESCRIBE).predict(sound, {})["usage"]["completion_tokens"]
    raw = client(server, prompt=DESCRIBE, max_tokens=whole - 2).predict(sound, {})
    assert raw["text"][0]["text"].startswith("A")
    assert any(f"cut off after {whole - 2} tokens" in note for note in raw["notes"])


def test_what_the_server_refuses_is_told_in_its_words(server: str, sound: Path) -> None:
    with pytest.raises(ModelProblem, match=r"refused \(status 400\): .*requested 'another'"):
        client(server, model="another").predict(sound, {})
