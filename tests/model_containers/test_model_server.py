"""The contract's server, with small models: states, refusals and limits; and the description of its routes."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import yaml
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from model_containers.serving import (
    Answer,
    ChatMessage,
    ChatOptions,
    Dataset,
    Embedding,
    Information,
    Options,
    Run,
    Segment,
    Tag,
    create_app,
)
from model_containers.serving import server as server_module
from model_containers.serving.audio import UnreadableAudioError, read_mono
from model_containers.serving.contract import check
from model_containers.serving.processors import available_processors

DESCRIPTION = yaml.safe_load((Path(server_module.__file__).parent / "openapi.yaml").read_text())


class Loudness:
    """A real, tiny model: one region where it is loud."""

    information = Information(name="loudness", version="1", labels=("loud",), sample_rate=8_000)

    def load(self) -> None:
        return None

    def predict(self, samples: np.ndarray, options: Options) -> Answer:
        score = float(min(1.0, np.abs(samples).max()))
        if score < (0.1 if options.threshold is None else options.threshold):
            return Answer()
        return Answer(regions=(Segment(0.0, len(samples) / 8_000, "loud", score),), tags=(Tag("loud", score),))


class LoudnessVectors(Loudness):
    """The same with embeddings: the level of every second."""

    def embed(self, samples: np.ndarray) -> Embedding:
        padded = np.pad(samples, (0, -len(samples) % 8_000))
        return Embedding(1.0, np.abs(padded.reshape(-1, 8_000)).mean(axis=1, keepdims=True))


class TalkingLoudness(LoudnessVectors):
    """The same with a conversation: it says how loud the last sound is."""

    def chat(self, messages: Sequence[ChatMessage], options: ChatOptions) -> Iterator[str]:
        yield from ("The ", "level ", "is ", f"{np.abs(messages[-1].sounds[-1]).max():.1f}")


class LoudnessTrained(TalkingLoudness):
    """The same, and it can be trained: nothing is learned."""

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        run.epoch(1, of=1, loss=1.0)
        run.weights.write_bytes(b"weights")
        return "2"

    def use(self, weights: Path, version: str) -> None:
        if weights.read_bytes() != b"weights":
            raise ValueError("the file holds something else")


def wav(seconds: float = 1.0, rate: int = 8_000, channels: int = 1, kind: str = "WAV") -> bytes:
    buffer = io.BytesIO()
    samples = 0.5 * np.sin(2 * np.pi * 200.0 * np.arange(round(seconds * rate)) / rate)
    soundfile.write(buffer, np.stack([samples] * channels, axis=1), rate, format=kind, subtype="PCM_16")
    return buffer.getvalue()


class Client:
    """Flask's test client with the signature that the contract's check asks for."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def __call__(self, method: str, path: str, files: Any = None, data: Any = None) -> Any:
        if isinstance(data, bytes):
            return _Reply(self._client.open(path, method=method, data=data))
        fields = {name: (io.BytesIO(content), file) for name, (file, content) in (files or {}).items()}
        response = self._client.open(path, method=method, data={**(data or {}), **fields} or None)
        return _Reply(response)


class _Reply:
    def __init__(self, response: Any) -> None:
        self.status_code = response.status_code
        self.headers = response.headers
        self._response = response

    def json(self) -> Any:
        return self._response.get_json(force=True)


@pytest.mark.parametrize(
    "model",
    [Loudness(), LoudnessVectors(), LoudnessTrained()],
    ids=["predict", "predict and embed", "predict, embed and train"],
)
def test_a_server_keeps_the_contract(model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path))
    findings = check(Client(create_app(model).test_client()), train=True)
    assert len(findings) > 20
    assert [finding for finding in findings if not finding.kept] == []


def test_the_check_notices_a_model_that_breaks_the_contract() -> None:
    class Beyond(Loudness):
        def predict(self, samples: np.ndarray, options: Options) -> Answer:
            return Answer(regions=(Segment(0.0, 99.0, "other", 2.0),))

    broken = {finding.sentence for finding in check(Client(create_app(Beyond()).test_client())) if not finding.kept}
    assert {"regions lie inside 7 s of WAV", "nothing reaches a threshold of 1"} <= broken


def test_the_routes_are_those_that_are_described() -> None:
    app = create_app(LoudnessTrained())
    served = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods}


@pytest.mark.parametrize(
    ("path", "method", "schema"),
    [
        ("/health", "GET", None),
        ("/info", "GET", "Information"),
        ("/predict", "POST", "Answer"),
        ("/embed", "POST", "Embeddings"),
    ],
)
def test_answers_have_the_described_form(path: str, method: str, schema: str | None) -> None:
    client = _ready(LoudnessVectors())
    reply = client(method, path, files={"audio": ("a.wav", wav())} if method == "POST" else None)
    described = DESCRIPTION["paths"][path][method.lower()]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema is None or described == {"$ref": f"#/components/schemas/{schema}"}
    validator = Draft202012Validator({**described, "components": DESCRIPTION["components"]})
    assert [error.message for error in validator.iter_errors(reply.json())] == []


def _ready(model: Any) -> Client:
    client = Client(create_app(model).test_client())
    for _ in range(500):
        if client("GET", "/health").json()["status"] != "starting":
            return client
        threading.Event().wait(0.01)
    raise AssertionError("never ready")


def test_while_weights_load_health_answers_and_prediction_is_refused() -> None:
    gate = threading.Event()

    class Slow(Loudness):
        def load(self) -> None:
            gate.wait(20)

    client = Client(create_app(Slow()).test_client())
    assert client("GET", "/health").json() == {"status": "starting", "detail": "Loading the weights"}
    refused = client("POST", "/predict", files={"audio": ("a.wav", wav())})
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:labelbuddy:service-unavailable")
    gate.set()


def test_a_model_that_cannot_load_says_why() -> None:
    class Broken(Loudness):
        def load(self) -> None:
            raise FileNotFoundError("weights.safetensors is missing")

    client = _ready(Broken())
    assert client("GET", "/health").json() == {
        "status": "failed",
        "detail": "FileNotFoundError: weights.safetensors is missing",
    }
    assert client("POST", "/predict", files={"audio": ("a.wav", wav())}).status_code == 503


def test_an_error_of_the_model_is_a_problem_document_and_the_next_request_works() -> None:
    class Moody(Loudness):
        calls = 0

        def predict(self, samples: np.ndarray, options: Options) -> Answer:
            self.calls += 1
            if self.calls == 1:
                raise MemoryError("too much")
            return super().predict(samples, options)

    client = _ready(Moody())
    first = client("POST", "/predict", files={"audio": ("a.wav", wav())})
    assert (first.status_code, first.json()["detail"]) == (500, "MemoryError: too much")
    assert client("POST", "/predict", files={"audio": ("a.wav", wav())}).status_code == 200


def test_more_bytes_than_allowed_are_413(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_MAX_AUDIO_BYTES", str(1024**2))
    client = _ready(Loudness())
    reply = client("POST", "/predict", files={"audio": ("a.wav", wav(100.0))})
    assert reply.status_code == 413
    assert "1 MB" in reply.json()["detail"]


def test_more_seconds_than_allowed_are_422(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_MAX_SECONDS", "10")
    reply = _ready(Loudness())("POST", "/predict", files={"audio": ("a.wav", wav(11.0))})
    assert reply.status_code == 422
    assert "at most 10 s" in reply.json()["detail"]


def test_two_requests_at_once_are_computed_one_after_the_other() -> None:
    inside = threading.Semaphore(1)
    overlapped = []

    class Alone(Loudness):
        def predict(self, samples: np.ndarray, options: Options) -> Answer:
            overlapped.append(not inside.acquire(blocking=False))
            threading.Event().wait(0.05)
            inside.release()
            return super().predict(samples, options)

    app = create_app(Alone())
    client = Client(app.test_client())
    while client("GET", "/health").json()["status"] == "starting":
        threading.Event().wait(0.01)
    senders = [
        threading.Thread(
            target=lambda: Client(app.test_client())("POST", "/predict", files={"audio": ("a.wav", wav())})
        )
        for _ in range(3)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert overlapped == [False] * 3


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_audio_of_any_rate_keeps_its_duration_and_pitch(rate: int) -> None:
    samples, duration = read_mono(io.BytesIO(wav(2.0, rate, channels=2)), 16_000, 60.0)
    assert duration == pytest.approx(2.0, abs=1e-4)
    assert len(samples) == pytest.approx(32_000, abs=1)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * 16_000 / len(samples) == pytest.approx(200.0, abs=0.5)


def test_blocks_give_the_same_samples_as_reading_at_once() -> None:
    long = wav(150.0, 44_100)
    samples, _ = read_mono(io.BytesIO(long), 16_000, 600.0)
    whole, rate = soundfile.read(io.BytesIO(long), dtype="float32")
    import soxr

    reference = soxr.resample(whole, rate, 16_000)
    assert len(samples) == len(reference)
    assert np.abs(samples - reference).max() < 1e-5


@pytest.mark.parametrize("body", [b"", b"RIFF", b"\0" * 4096, wav()[:30], b"ID3" + b"\xff" * 2000])
def test_what_is_no_audio_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(UnreadableAudioError):
        read_mono(io.BytesIO(body), 16_000, 60.0)


def test_flac_that_was_written_to_a_pipe_is_refused_in_words() -> None:
    flac = bytearray(wav(3.0, 16_000, kind="FLAC"))
    flac[21] &= 0xF0  # the 36 bits of STREAMINFO that count samples: 0 is unknown
    flac[22:26] = bytes(4)
    with pytest.raises(UnreadableAudioError, match="does not say how long it is"):
        read_mono(io.BytesIO(flac), 16_000, 60.0)


def test_a_container_uses_the_processors_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABELBUDDY_THREADS", raising=False)
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    assert available_processors(tmp_path) == 1
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert available_processors(tmp_path) >= 1
    monkeypatch.setenv("LABELBUDDY_THREADS", "3")
    assert available_processors(tmp_path) == 3
