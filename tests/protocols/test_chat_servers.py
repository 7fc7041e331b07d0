"""Servers of audio-language models in OpenAI's form: ours asked by the openai library, theirs by our client."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask, Response

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.answer import check_answer
from labelbuddy_core.inference.client import client_for, protocol_notes
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.specification import Specification
from model_containers.serving import Answer, ChatMessage, ChatOptions, Information, Options, create_app

STRICT = Path(__file__).with_name("strict_chat_server.py")
OPENAI = Path(__file__).with_name("openai_client.py")
CAPTION = [{"type": "text"}]


class Talking:
    """A real, tiny model: it says how loud the last sound is."""

    information = Information(name="talking", version="1", labels=(), sample_rate=8_000)

    def load(self) -> None:
        return None

    def predict(self, samples: np.ndarray, options: Options) -> Answer:
        return Answer()

    def chat(self, messages: Sequence[ChatMessage], options: ChatOptions) -> Iterator[str]:
        yield from ("Level", " ", f"{np.abs(messages[-1].sounds[-1]).max():.1f}", ".")


def client(address: str, outputs: Any = None, **chat: Any) -> Any:
    spec = {"endpoint": address, "protocol": "openai-chat", "chat": chat, "output_schema": outputs or CAPTION}
    return client_for(Specification.model_validate(spec), Endpoint(url=address, timeout_seconds=60))


@pytest.mark.slow
def test_the_openai_library_talks_with_our_kit(serve: Callable[[Any], str], libraries: Path, tone: Path) -> None:
    address = serve(create_app(Talking()))
    done = subprocess.run([str(libraries), str(OPENAI), address, str(tone)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "model": "talking",
        "whole": "Level 0.5.",
        "reason": "stop",
        "short": ["Level ", "length"],
        "streamed": ["Level", " ", "0.5", "."],
        "stream_reason": "stop",
        "refused": "messages.0.content.0 must be a part of type text or input_audio.",
    }


@pytest.mark.parametrize("stream", [True, False])
def test_our_client_talks_with_our_kit(stream: bool, serve: Callable[[Any], str], tone: Path) -> None:
    asked = client(serve(create_app(Talking())), stream=stream)
    assert asked.info() == {"name": "talking"}
    assert check_answer(asked.predict(tone, {}), offset=0.0, duration=2.0).text == ["Level 0.5."]


@pytest.fixture
def strict(spawn: Callable[..., str], libraries: Path, tmp_path: Path) -> str:
    """The address of a server that holds requests against the openai library's own types."""
    return spawn(str(libraries), str(STRICT), cwd=tmp_path)


@pytest.mark.slow
def test_every_form_of_reasoning_is_kept_apart_whole_and_streamed(strict: str, tone: Path) -> None:
    forms = {
        "field reasoning_content": "field",
        "field reasoning": "field",
        "tags of thought": "think-tags",
        "open tag": "think-tags",
        "harmony": "harmony",
    }
    for stream in (True, False):
        for prompt, form in forms.items():
            found = client(strict, prompt=prompt, reasoning=form, stream=stream).predict(tone, {})
            assert (found["reasoning"], found["text"]) == ("I hear 200 Hz.", [{"text": "A tone of 2 s."}]), prompt
            assert "Reasoning: I hear 200 Hz." in protocol_notes(found)


@pytest.mark.slow
def test_usage_and_a_cut_off_answer_are_noted(strict: str, tone: Path) -> None:
    found = client(strict, prompt="cut off", system="Be short.", stream=False, max_tokens=3).predict(tone, {})
    assert found["text"] == [{"text": "A tone of"}]
    assert found["notes"] == [
        "The answer was cut off after 3 tokens; raise chat.max_tokens.",
        "Tokens: 50 asked, 7 answered.",
    ]


@pytest.mark.slow
def test_regions_and_tags_are_asked_for_as_json(strict: str, tone: Path) -> None:
    outputs = [{"type": "region", "labels": ["Dog", "Cat"]}, {"type": "tag", "label": "calm"}]
    said = '```json {"regions": [{"start": 0.5, "end": 1, "label": "dog"}, {"start": 0, "end": 1, "label": "cow"}], '
    said += '"tags": ["CALM"]}```'
    raw = client(strict, outputs, prompt=f"say: {said}").predict(tone, {})
    found = check_answer(raw, offset=10.0, duration=2.0)
    assert [(one.start, one.end, one.label) for one in found.regions] == [(10.5, 11.0, "Dog")]
    assert found.tags == [("calm", None)]
    assert "Not in the model's vocabulary and left out: cow." in raw["notes"]


@pytest.mark.slow
def test_words_instead_of_json_give_tags_but_no_regions(strict: str, tone: Path) -> None:
    tags = [{"type": "tag", "labels": ["rock", "jazz"]}]
    raw = client(strict, tags, prompt="say: This is Jazz, not rocky").predict(tone, {})
    assert raw["tags"] == [{"label": "jazz"}]
    with pytest.raises(ModelProblem, match="asked for JSON with regions and answered: 'Nothing'"):
        client(strict, [{"type": "region", "label": "dog"}], prompt="say: Nothing").predict(tone, {})


def stream_of(*lines: str) -> Flask:
    app = Flask("chat")
    app.add_url_rule(
        "/v1/chat/completions",
        "chat",
        lambda: Response("\n\n".join(lines), mimetype="text/event-stream"),
        methods=["POST"],
    )
    return app


WORD = 'data: {"choices": [{"delta": {"content": "A"}}]}'


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((WORD,), "broke off before"),
        (("data: {", WORD), "not JSON"),
        ((WORD, 'data: {"error": {"message": "out of memory"}}'), "out of memory"),
        ((WORD, "data: [1]"), "not a JSON object"),
        (('data: {"choices": [{"delta": {}, "finish_reason": "length"}]}', "data: [DONE]"), "raise chat.max_tokens"),
    ],
)
def test_a_stream_that_goes_wrong_says_how(
    lines: tuple[str, ...], message: str, serve: Callable[[Any], str], tone: Path
) -> None:
    with pytest.raises(ModelProblem, match=message):
        client(serve(stream_of(*lines)), model="m").predict(tone, {})


def test_a_server_of_something_else_is_named(serve: Callable[[Any], str], tone: Path) -> None:
    app = Flask("other")
    app.add_url_rule("/v1/chat/completions", "chat", lambda: {"x": 1}, methods=["POST"])
    address = serve(app)
    with pytest.raises(ModelProblem, match=r"choices\[0\].message"):
        client(address, model="m", stream=False).predict(tone, {})
    with pytest.raises(ModelProblem, match=r"refused|JSON"):
        client(address).predict(tone, {})
