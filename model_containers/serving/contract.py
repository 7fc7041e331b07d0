"""Check that a running server keeps the contract: used by the tests of every container and by those who write one."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import soundfile

Request = Callable[..., "Reply"]
"""`request(method, path, files=…, data=…)`, for example a bound `requests` session."""


class Reply:
    """What a check needs of a response; `requests.Response` has it."""

    status_code: int

    def json(self) -> Any: ...


@dataclass(frozen=True)
class Finding:
    """One sentence of the contract, and whether the server keeps it."""

    sentence: str
    kept: bool
    detail: str = ""


def check(request: Request, *, patience: float = 120.0) -> list[Finding]:
    """Go through the contract; `patience` is how long loading may take in seconds."""
    findings = [_ready(request, patience)]
    if not findings[0].kept:
        return findings
    info = request("GET", "/info").json()
    needed = {"name", "version", "labels", "capabilities", "device"}
    findings.append(Finding("/info names the model", needed <= set(info), str(sorted(needed - set(info)))))
    answer = _predict(request, _tone(3.0))
    findings.append(Finding("/predict answers 200 for 3 s of WAV", answer.status_code == 200, str(answer.status_code)))
    if answer.status_code == 200:
        findings += _answer(answer.json(), 3.0)
    for name, body in {"text": b"not audio", "nothing": b"", "cut off": _tone(1.0)[:20]}.items():
        status = _predict(request, body).status_code
        findings.append(Finding(f"/predict refuses {name} with 422", status == 422, str(status)))
    missing = request("POST", "/predict", data={"options": "{}"}).status_code
    findings.append(Finding("/predict without audio is 422", missing == 422, str(missing)))
    bad = _predict(request, _tone(1.0), '{"threshold": 7}').status_code
    findings.append(Finding("/predict refuses a threshold of 7 with 422", bad == 422, str(bad)))
    unknown = request("GET", "/nothing-here").status_code
    findings.append(Finding("an unknown path is 404", unknown == 404, str(unknown)))
    return findings


def _ready(request: Request, patience: float) -> Finding:
    deadline = time.monotonic() + patience
    status: dict[str, Any] = {}
    while time.monotonic() < deadline:
        status = request("GET", "/health").json()
        if status.get("status") in ("ready", "failed"):
            break
        time.sleep(0.1)
    return Finding("/health becomes ready", status.get("status") == "ready", json.dumps(status))


def _answer(answer: dict[str, Any], duration: float) -> list[Finding]:
    needed = {"model", "version", "duration", "regions", "points", "tags", "text"}
    regions, tags = answer.get("regions", []), answer.get("tags", [])
    inside = all(0 <= r["start"] <= r["end"] <= duration + 0.005 and 0 <= r["score"] <= 1 for r in regions)
    scored = all(0 <= tag["score"] <= 1 and tag["label"] for tag in tags)
    return [
        Finding("an answer has every member", needed <= set(answer), str(sorted(needed - set(answer)))),
        Finding("the duration is that of the audio", abs(answer.get("duration", -1) - duration) < 0.005),
        Finding("regions lie inside the audio and have scores from 0 to 1", inside),
        Finding("tags have labels and scores from 0 to 1", scored),
    ]


def _predict(request: Request, audio: bytes, options: str = "{}") -> Reply:
    return request("POST", "/predict", files={"audio": ("clip.wav", audio)}, data={"options": options})


def _tone(seconds: float) -> bytes:
    rate = 16_000
    time_axis = np.arange(round(seconds * rate)) / rate
    buffer = io.BytesIO()
    soundfile.write(buffer, 0.3 * np.sin(2 * np.pi * 440.0 * time_axis), rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
