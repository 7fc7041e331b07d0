"""Check that a running server keeps the contract: used by the tests of every container and by those who write one.

`python -m model_containers.serving.contract http://127.0.0.1:8080` prints one line for each sentence of the contract.
"""

from __future__ import annotations

import io
import json
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import soundfile

_PROBLEM = {"type", "title", "status", "detail"}
_REGION_TOLERANCE = 0.005


class Reply(Protocol):
    """What a check needs of a response; `requests.Response` has it."""

    status_code: int
    headers: Any

    def json(self) -> Any: ...


Request = Callable[..., Reply]
"""`request(method, path, files=…, data=…)`; files are {field: (name, bytes)}, as `requests` takes them."""


@dataclass(frozen=True)
class Finding:
    """One sentence of the contract, and whether the server keeps it."""

    sentence: str
    kept: bool
    detail: str = ""


def check(request: Request, *, patience: float = 120.0, train: bool = False) -> list[Finding]:
    """Go through the contract; `patience` is how long loading may take in seconds.

    `train` lets a model that can be trained do so on two short examples.
    """
    findings = [_ready(request, patience)]
    if not findings[0].kept:
        return findings
    info = request("GET", "/info").json()
    needed = {"name", "version", "labels", "capabilities", "device", "sample_rate", "contract"}
    findings.append(Finding("/info says what the model is", needed <= set(info), str(sorted(needed - set(info)))))
    for name, audio, seconds in _audio():
        reply = _send(request, "/predict", audio)
        findings.append(Finding(f"/predict answers 200 for {name}", reply.status_code == 200, str(reply.status_code)))
        if reply.status_code == 200:
            findings += _answer(reply.json(), name, seconds, set(info.get("labels", [])))
    findings += _options(request)
    for name, body in {"text": b"not audio", "nothing": b"", "a header alone": _wav(0.0)}.items():
        findings.append(_refused(f"/predict refuses {name}", _send(request, "/predict", body), 422))
    findings.append(_refused("/predict refuses a request without audio", request("POST", "/predict", data={}), 422))
    findings.append(_refused("an unknown path", request("GET", "/nothing-here"), 404))
    findings.append(_refused("GET of /predict", request("GET", "/predict"), 405))
    if "embed" in info.get("capabilities", []):
        findings.append(_embeddings(_send(request, "/embed", _wav(7.0)), 7.0))
    else:
        findings.append(_refused("/embed of a model without it", request("POST", "/embed"), 404))
    if "train" in info.get("capabilities", []):
        findings += _training(request, info, patience if train else None)
    else:
        findings.append(_refused("/train of a model without it", request("POST", "/train"), 404))
    return findings


def _training(request: Request, info: dict[str, Any], patience: float | None) -> list[Finding]:
    """Refusals of /train; with `patience` (s) a run too."""
    labels = list(info.get("labels", []))
    nonsense = request("POST", "/train", files={"dataset": ("d.zip", b"no archive")})
    findings = [
        _refused("/train refuses what is no dataset", nonsense, 422),
        _refused("/train of a run that there is not", request("GET", "/train/none"), 404),
    ]
    if "apart" in info.get("capabilities", []):
        unknown = _send(request, "/predict?version=no-such-version", _wav(1.0))
        findings.append(_refused("/predict of a version that is not held apart", unknown, 410))
        nothing = request("PUT", "/weights/nonsense?apart=1", data=b"no weights")
        findings.append(_refused("/weights refuses what is none, apart too", nothing, 422))
    if patience is None:
        return findings
    begun = request("POST", "/train", files={"dataset": ("d.zip", _dataset(labels))}, data={"parameters": "{}"})
    findings.append(Finding("/train answers 202 for a dataset", begun.status_code == 202, str(begun.status_code)))
    if begun.status_code != 202:
        return findings
    deadline = time.monotonic() + patience
    run: dict[str, Any] = {"state": "running"}
    while run["state"] == "running" and time.monotonic() < deadline:
        time.sleep(0.1)
        run = request("GET", f"/train/{begun.json()['run']}").json()
    findings.append(Finding("the run succeeds", run["state"] == "succeeded", f"{run['state']} {run.get('detail', '')}"))
    rows = run.get("rows", [])
    counted = [row.get("epoch") for row in rows] == list(range(1, len(rows) + 1)) and bool(rows)
    findings.append(Finding("its epochs are counted from 1", counted, str([row.get("epoch") for row in rows])))
    findings.append(Finding("it has a new version", bool(run.get("version")), str(run.get("version"))))
    if "weights" in info.get("capabilities", []):
        given = request("GET", f"/weights/{run.get('version')}")
        findings.append(Finding("/weights gives its weights", given.status_code == 200, str(given.status_code)))
        nonsense = request("PUT", "/weights/nonsense", data=b"no weights")
        findings.append(_refused("/weights refuses what is none", nonsense, 422))
    after = _send(request, "/predict", _wav(7.0))
    findings.append(Finding("/predict answers after the training", after.status_code == 200, str(after.status_code)))
    return findings


def _dataset(labels: list[str]) -> bytes:
    """Two examples for training and one for validation, of a tone between silences."""
    buffer = io.BytesIO()
    label = labels[0] if labels else "sound"
    examples = []
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, split in enumerate(("train", "train", "validation")):
            silence = np.zeros(16_000)
            samples = np.concatenate([silence, _tone(1.0 + number / 2, 16_000), silence])
            archive.writestr(f"audio/{number}.wav", _encoded(samples, 16_000, "WAV"))
            regions = [{"start": 1.0, "end": 2.0 + number / 2, "label": label}]
            entry = {"audio": f"audio/{number}.wav", "duration": len(samples) / 16_000, "split": split}
            examples.append({**entry, "regions": regions, "tags": [label], "text": "A tone."})
        archive.writestr("dataset.json", json.dumps({"labels": labels, "examples": examples}))
    return buffer.getvalue()


def _ready(request: Request, patience: float) -> Finding:
    deadline = time.monotonic() + patience
    status: dict[str, Any] = {}
    while time.monotonic() < deadline:
        status = request("GET", "/health").json()
        if status.get("status") != "starting":
            break
        time.sleep(0.1)
    return Finding("/health becomes ready", status.get("status") == "ready", json.dumps(status))


def _answer(answer: dict[str, Any], name: str, duration: float, labels: set[str]) -> list[Finding]:
    needed = {"model", "version", "duration", "seconds", "regions", "points", "tags", "text"}
    regions, tags = answer.get("regions", []), answer.get("tags", [])
    inside = all(0 <= region["start"] <= region["end"] <= duration + _REGION_TOLERANCE for region in regions)
    scored = all(0 <= item["score"] <= 1 and item["label"] in labels for item in [*regions, *tags])
    return [
        Finding(f"the answer for {name} has every member", needed <= set(answer), str(sorted(needed - set(answer)))),
        Finding(f"the duration is that of {name}", abs(answer.get("duration", -1) - duration) < _REGION_TOLERANCE),
        Finding(f"regions lie inside {name}", inside),
        Finding(f"regions and tags of {name} have labels of /info and scores from 0 to 1", scored),
    ]


def _options(request: Request) -> list[Finding]:
    audio = _wav(3.0)
    everything = _send(request, "/predict", audio, {"threshold": 0.0, "top_k": 1}).json()
    nothing = _send(request, "/predict", audio, {"threshold": 1.0}).json()
    findings = [
        Finding("top_k limits the tags", len(everything.get("tags", [])) <= 1),
        Finding("nothing reaches a threshold of 1", not nothing.get("tags") and not nothing.get("regions")),
    ]
    wrong: list[Any] = [{"threshold": 7}, {"threshold": "much"}, {"top_k": 0}, {"context": []}, {"no": 1}, [], "{"]
    for options in wrong:
        findings.append(
            _refused(f"/predict refuses the options {options!r}", _send(request, "/predict", audio, options), 422)
        )
    return findings


def _refused(sentence: str, reply: Reply, status: int) -> Finding:
    """A refusal has the status and is a problem document."""
    if reply.status_code != status:
        return Finding(f"{sentence} with {status}", False, str(reply.status_code))
    kind = str(reply.headers.get("Content-Type", ""))
    document = reply.json() if "json" in kind else {}
    kept = kind.startswith("application/problem+json") and set(document) >= _PROBLEM and document["status"] == status
    return Finding(f"{sentence} with {status} and a problem document", kept, f"{kind} {document}")


def _embeddings(reply: Reply, duration: float) -> Finding:
    if reply.status_code != 200:
        return Finding("/embed answers 200", False, str(reply.status_code))
    answer = reply.json()
    rows = answer["embeddings"]
    whole = bool(rows) and all(len(row["vector"]) == answer["dimensions"] for row in rows)
    inside = all(0 <= row["start"] <= row["end"] <= duration + _REGION_TOLERANCE for row in rows)
    return Finding("/embed answers vectors of one length inside the audio", whole and inside, f"{len(rows)} rows")


def _send(request: Request, path: str, audio: bytes, options: Any = None) -> Reply:
    data = {} if options is None else {"options": options if isinstance(options, str) else json.dumps(options)}
    return request("POST", path, files={"audio": ("clip.wav", audio)}, data=data)


def _audio() -> list[tuple[str, bytes, float]]:
    stereo = np.stack([_tone(4.0, 44_100), -0.5 * _tone(4.0, 44_100)], axis=1)
    return [
        ("7 s of WAV", _wav(7.0), 7.0),
        ("0.05 s of WAV", _wav(0.05), 0.05),
        ("4 s of stereo FLAC at 44.1 kHz", _encoded(stereo, 44_100, "FLAC"), 4.0),
    ]


def _wav(seconds: float) -> bytes:
    return _encoded(_tone(seconds, 16_000), 16_000, "WAV")


def _encoded(samples: Any, rate: int, kind: str) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=kind, subtype="PCM_16")
    return buffer.getvalue()


def _tone(seconds: float, rate: int) -> Any:
    return 0.3 * np.sin(2 * np.pi * 440.0 * np.arange(round(seconds * rate)) / rate)


def main(arguments: list[str]) -> int:
    """The command line; returns 0 when the contract is kept."""
    import requests

    if len(arguments) != 1:
        sys.stderr.write("usage: python -m model_containers.serving.contract http://HOST:PORT\n")
        return 2
    base = arguments[0].rstrip("/")
    with requests.Session() as session:
        findings = check(lambda method, path, **parts: session.request(method, base + path, timeout=300, **parts))
    for finding in findings:
        sys.stdout.write(f"{'kept  ' if finding.kept else 'BROKEN'} {finding.sentence}")
        sys.stdout.write("\n" if finding.kept else f": {finding.detail}\n")
    return 0 if all(finding.kept for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
