"""Weights that come in slowly: the model answers meanwhile, and uses them when they are whole."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from flask import Flask

from model_containers.serving import Answer, Information, Options, Tag, create_app


class Told:
    """It hears in everything the version whose weights it was given last."""

    information = Information(name="told", version="1", labels=("first", "second"), sample_rate=8_000)

    def __init__(self) -> None:
        self.label = "first"

    def load(self) -> None:
        return None

    def predict(self, samples: np.ndarray, options: Options) -> Answer:
        return Answer(tags=(Tag(self.label, 1.0),))

    def use(self, weights: Path, version: str) -> None:
        self.label = weights.read_text()


class Held(io.RawIOBase):
    """A body of which nothing comes before the gate opens."""

    def __init__(self, content: bytes) -> None:
        self.asked, self.gate = threading.Event(), threading.Event()
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.asked.set()
        assert self.gate.wait(30)
        return self._content.readinto(buffer)


def heard(app: Flask) -> str:
    """The label that the model hears in a second of silence."""
    sound = io.BytesIO()
    soundfile.write(sound, np.zeros(8_000), 8_000, format="WAV")
    answer = app.test_client().post("/predict", data={"audio": (io.BytesIO(sound.getvalue()), "a.wav")})
    return answer.get_json()["tags"][0]["label"]


def test_a_model_predicts_while_weights_come_in_slowly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path))
    app = create_app(Told())
    while app.test_client().get("/health").get_json()["status"] == "starting":
        threading.Event().wait(0.01)
    body, statuses, labels = Held(b"second"), [], []

    def put() -> None:
        sent = {"wsgi.input": io.BufferedReader(body), "CONTENT_LENGTH": "6"}
        statuses.append(app.test_client().put("/weights/2", environ_overrides=sent).status_code)

    sender = threading.Thread(target=put)
    asker = threading.Thread(target=lambda: labels.append(heard(app)))
    sender.start()
    try:
        assert body.asked.wait(30)
        asker.start()
        asker.join(10)
        assert labels == ["first"]
    finally:
        body.gate.set()
        sender.join()
    assert (statuses, heard(app)) == ([200], "second")
    assert (tmp_path / "versions" / "2.safetensors").read_text() == "second"
