"""A small server of the editor's HTTP contract, in memory, for testing the component in a browser without the rest.

It keeps one task of one annotator, refuses stale saves, answers repeated ones as before, and can be switched off.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from fake_http import Handler
from fake_values import FOUND, KEY_OF, LABELS, broken_rule, empty_document, grid_json, label, refusal
from tone import RATE, SECONDS, pyramid, samples_of, tone

from labelbuddy_core.audio import spectrogram
from labelbuddy_core.domain.beat_grid import Beat
from labelbuddy_core.domain.preferences import Preferences


class FakeLabelBuddy:
    """The state behind the server; tests read and change it directly."""

    def __init__(self) -> None:
        self.task = "t1"
        self.second: FakeLabelBuddy | None = None
        """What stands behind the task t2, where there is one."""
        self.document = empty_document()
        self.revision = 0
        self.state = "draft"
        self.reviews: list[dict[str, Any]] = []
        self.predictions: list[dict[str, Any]] = []
        self.decisions: list[dict[str, Any]] = []
        self.suggestions = "shown"
        """When suggestions are given out: shown, after_first_pass, hidden."""
        self.first_pass: int | None = None
        """The revision at which the first pass was declared done."""
        self.views: list[dict[str, Any]] = []
        self.jobs: dict[str, int] = {}
        self.posted_reviews: list[dict[str, Any]] = []
        self.others: list[dict[str, Any]] = []
        """What other annotators handed in."""
        self.review_reasons: list[str] = []
        self.ground_truth: dict[str, Any] = {"task": "t1", "kind": "none", "revision": 0, "document": None, "by": None}
        self.captions: dict[str, Any] | None = None
        """The captions of the task beside each other."""
        self.verdicts: dict[str, str] = {}
        """What was decided in the verify grid, by region."""
        self.finished: list[str] = []
        """What was said of what was rejected there, each time whole annotations were decided."""
        self.sent_back: dict[str, Any] | None = None
        """The revision that was sent back, with its document."""
        self.activity: list[dict[str, Any]] = []
        self.saves: list[dict[str, Any]] = []
        self.answered: dict[tuple[str, int], dict[str, Any]] = {}
        self.down = False
        self.cut: str | None = None
        """The one path that cannot be reached."""
        self.refused = False
        self.gone = False
        """Whether the usual copy is one that the browser cannot play."""
        self.copies_asked = 0
        self.refuse_review = False
        self.claims: list[str] = []
        self.held_by = ""
        self.labels = [label(*one) for one in LABELS]
        self.tiers: list[str] | None = None
        """The tiers that annotations begin with; None where lanes are labels."""
        self.points = False
        """Whether the project has beats and other instants."""
        self.found_beats = [Beat(0.5 * number, (number - 1) % 4 + 1) for number in range(1, 39)]
        self.onsets = [1.0, 4.13, 7.5, 12.25]
        self.preferences: dict[str, Any] = Preferences().model_dump()
        self.statistics: dict[str, Any] | None = None
        self.flag: str | None = None
        self.skip: str | None = None
        self.saves_before_skip = 0
        self.waiting: str | None = None
        """The task that waits in the queue besides this one."""
        self.instructions = ""
        self.saved_by = "ada"
        """Who saved last, as a stale answer has it."""
        self.uploaded: dict[str, bytes] = {}
        """What was uploaded into the project, by name."""
        self.record(tone())
        self.files: dict[str, tuple[str, bytes]] = {}
        """Served under /files/, as Streamlit serves media: type and bytes by name."""
        self.lock = threading.Lock()
        handler = type("Handler", (Handler,), {"app": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def record(self, audio: bytes) -> None:
        """Have this WAV file labeled."""
        self.audio = audio
        self.peaks = pyramid(audio)
        self.samples = samples_of(audio)

    def close(self) -> None:
        if self.second is not None:
            self.second.close()
        self.http.shutdown()
        self.http.server_close()

    def add_second(self) -> FakeLabelBuddy:
        """Another task of the same recording, t2, on the same address."""
        self.second = FakeLabelBuddy()
        self.second.task = "t2"
        return self.second

    def behind(self, path: str) -> tuple[FakeLabelBuddy, str]:
        """What answers for a path of the API, and how it calls that path: its own task is always t1."""
        if self.second is not None and re.match(r"/tasks/t2\b", path):
            return self.second, path.replace("t2", "t1", 1)
        return self, path

    def regions(self) -> list[dict[str, Any]]:
        """What is really stored, in order of time."""
        return sorted(self.document["regions"], key=lambda region: region["start"])

    def put(self, **region: Any) -> None:
        """Store a region as another tab would."""
        with self.lock:
            self._apply({"op": "put", "collection": "regions", "id": region["id"], "value": region})
            self.revision += 1

    def remove(self, region: str) -> None:
        """Delete a stored region as another tab would."""
        with self.lock:
            self._apply({"op": "delete", "collection": "regions", "id": region})
            self.revision += 1

    def predict(
        self, regions: Sequence[tuple[str, float, float, str, float]], tags: Sequence[tuple[str, float]] = ()
    ) -> None:
        """Have a prediction ready: regions as (id, start, end, label, score)."""
        number = f"p{len(self.predictions) + 1}"

        def origin(region: str | None, score: float) -> dict[str, Any]:
            names = {"prediction": number, "model": "tagger", "version": "2"}
            return {"kind": "model", **names, "region": region, "score": score, "edited": False}

        document = empty_document()
        document["regions"] = [
            {"id": name, "start": start, "end": end, "label": label, "origin": origin(name, score)}
            for name, start, end, label, score in regions
        ]
        document["tags"] = [{"label": label, "score": score, "origin": origin(None, score)} for label, score in tags]
        about = {"model": "tagger", "model_name": "Tagger", "license": "MIT", "version": "2", "notes": []}
        self.predictions.append({"id": number, **about, "document": document, "decisions": {}})

    def annotate(self, name: str, regions: Sequence[tuple[str, float, float, str]]) -> None:
        """Another annotator has handed in regions: (id, start, end, label)."""
        document = empty_document()
        human = {"kind": "human"}
        document["regions"] = [
            {"id": number, "start": start, "end": end, "label": label, "origin": human}
            for number, start, end, label in regions
        ]
        who = {"user": name.lower(), "annotator": {"username": name.lower(), "name": name}}
        number = f"a{len(self.others) + 2}"
        kept = {"document": document, "reviews": [], "revision": 1, "state": "submitted"}
        self.others.append({"id": number, "task": "t1", **who, **kept})

    def annotation(self) -> dict[str, Any]:
        who = {"user": "ada", "annotator": {"username": "ada", "name": "Ada"}}
        kept = {"document": self.document, "reviews": self.reviews}
        return {"id": "a1", "task": self.task, **who, "revision": self.revision, "state": self.state, **kept}

    def to_verify(self, label: str) -> list[dict[str, Any]]:
        """The regions of a label as the verify grid asks for them, in the order of the document."""
        task = {"task": self.task, "task_start": 0.0, "task_stop": SECONDS, "recording": "tone.wav", "annotator": "Ada"}
        sound = {"sample_rate": RATE, "channels": len(self.samples), "statistics": self.statistics}
        return [
            {"annotation": "a1", "revision": self.revision, **task, **sound, "region": one, "score": 0.5}
            for one in self.document["regions"]
            if one["label"] == label
        ]

    def sound_of(self, path: str) -> tuple[str, bytes] | None:
        """Samples and spectrogram, computed as the server does; None for other paths."""
        found = urlsplit(path)
        query = parse_qs(found.query)
        if found.path == "/tasks/t1/spectrogram":
            return "application/json", json.dumps(spectrogram.describe(RATE, self.samples.shape[1])).encode()
        if found.path == "/tasks/t1/pcm":
            stretch = self.samples[:, int(query["start"][0]) : int(query["stop"][0])]
            return "application/octet-stream", (stretch.T * 32767).astype("<i2").tobytes()
        if tile := re.fullmatch(r"/tasks/t1/spectrogram/(\d+)/(\d+)", found.path):
            hop, before = spectrogram.hop(int(tile[1])), spectrogram.reach(RATE)
            first = int(tile[2]) * spectrogram.COLUMNS * hop
            padded = np.pad(self.samples, ((0, 0), (before, before + spectrogram.COLUMNS * hop)))
            stretch = padded[:, first : first + spectrogram.COLUMNS * hop + 2 * before]
            scale = spectrogram.Scale(query["scale"][0])
            power = spectrogram.column_power(stretch, RATE, (scale,), hop, before)[scale]
            return spectrogram.MEDIA_TYPE, spectrogram.encode_tile(spectrogram.to_gray(power))
        return None

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and JSON for a request to the API."""
        with self.lock:
            return self._answer(method, path, body)

    def _answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        match method, path.split("?")[0]:
            case "GET", "/tasks/t1":
                recording = {
                    "name": "tone.wav",
                    "duration": SECONDS,
                    "sample_rate": RATE,
                    "channels": len(self.samples),
                }
                return 200, {
                    "id": self.task,
                    "project": "1",
                    "recording": {**recording, "warning": None, "statistics": self.statistics},
                    "start": 0.0,
                    "stop": SECONDS,
                    "state": "in_progress",
                    "flag": self.flag,
                    "my_skip": self.skip,
                }
            case "POST", "/tasks/t1/compatible-audio":
                self.copies_asked += 1
                return 200, {"ready": self.copies_asked > 2, "progress": 0.5}
            case "GET", "/projects/1":
                controls = dict.fromkeys(("transcript", "answers"), False)
                controls |= {"regions": True, "tags": True, "caption": True, "points": self.points}
                project = {"id": "1", "name": "Street", "instructions": self.instructions, "controls": controls}
                lanes = "labels" if self.tiers is None else "tiers"
                project |= {"review_reasons": self.review_reasons}
                return 200, {**project, "labels": self.labels, "lanes": lanes, "tiers": self.tiers or []}
            case "GET", "/me":
                return 200, {"id": "1", "username": "rob", "name": "Rob"}
            case "GET", "/me/preferences":
                return 200, self.preferences
            case "PUT", "/me/preferences":
                self.preferences = body
                return 200, body
            case "PUT", "/tasks/t1/flag":
                self.flag = body["note"] if body["flagged"] else None
                return self._answer("GET", "/tasks/t1", None)
            case "GET", "/tasks/t1/beats":
                return 200, {**grid_json(self.found_beats, 4), "origin": FOUND}
            case "GET", "/tasks/t1/snap-points":
                return 200, {
                    "onset": self.onsets,
                    "beat": [{"time": beat.time, "position": beat.position} for beat in self.found_beats],
                    "zero": [0.001 * number + 0.0005 for number in range(0, 20_000, 2)],
                }
            case "GET", "/tasks/t1/annotation":
                return 200, self.annotation()
            case "GET", "/tasks/t1/annotations":
                return 200, {"items": [self.annotation(), *self.others]}
            case "GET", "/tasks/t1/captions" if self.captions is not None:
                return 200, self.captions
            case "GET", "/projects/1/consensus":
                return 200, {"annotators": [{"annotator": "ben", "weights_time": 2.0}]}
            case "GET", "/tasks/t1/consensus":
                return 200, self.ground_truth
            case "GET", "/annotations/a1/sent-back":
                return (200, self.sent_back) if self.sent_back else (204, None)
            case "GET", "/tasks/t1/predictions":
                if self.suggestions == "shown" or (
                    self.suggestions == "after_first_pass" and self.first_pass is not None
                ):
                    return 200, {"items": self.predictions, "withheld": None}
                return 200, {"items": [], "withheld": {"setting": self.suggestions, "detail": "Not yet."}}
            case "GET", "/tasks/t1/newest-predictions":
                return 200, {"items": self.predictions, "next_cursor": None}
            case "POST", "/tasks/t1/first-pass":
                if body["revision"] != self.revision:
                    return refusal(409, "stale", "A newer revision was saved.")
                self.first_pass = body["revision"]
                return 200, body
            case "POST", "/tasks/t1/suggestion-views":
                self.views.append(body)
                return 204, None
            case "GET", "/projects/1/models":
                return 200, {"items": [{"model": "tagger", "name": "Tagger", "description": "", "license": "MIT"}]}
            case "PATCH", "/tasks/t1/annotation" if self.gone:
                return refusal(404, "not-found", "This recording was deleted.")
            case "PATCH", "/tasks/t1/annotation":
                return self._save(body)
            case "POST", "/tasks/t1/annotation/submit":
                if body["revision"] != self.revision:
                    return refusal(409, "stale", "A newer revision exists.")
                self.state = "submitted"
                return 200, self.annotation()
            case "POST", "/tasks/t1/annotation/withdraw":
                self.state = "draft"
                return 200, self.annotation()
            case "POST", "/projects/1/tasks/next":
                return (200, {"id": self.waiting}) if self.waiting else (204, None)
            case "POST", "/tasks/t1/skip":
                self.skip = body["reason"].strip()
                self.saves_before_skip = len(self.saves)
                return self._answer("GET", "/tasks/t1", None)
            case "POST", "/tasks/t1/decisions":
                self.decisions += body["decisions"]
                for one in body["decisions"]:
                    for prediction in self.predictions:
                        if prediction["id"] == one["prediction"]:
                            prediction["decisions"][one["region"]] = one["decision"]
                return 200, {"changed": len(body["decisions"])}
            case "POST", "/tasks/t1/activity":
                self.activity.extend(body["events"])
                return 204, None
            case "POST", "/tasks/t1/predictions":
                self.jobs["j1"] = 0
                return 202, self._job("j1")
            case "GET", "/jobs/j1":
                self.jobs["j1"] += 1
                if self.jobs["j1"] == 2:
                    self.predict(
                        [("s1", 2.0, 5.0, "speech", 0.9), ("s2", 8.0, 9.0, "music", 0.4)], tags=[("siren", 0.8)]
                    )
                return 200, self._job("j1")
            case "GET", "/projects/1/regions-to-verify":
                found = parse_qs(urlsplit(path).query)
                shown = [one for one in self.to_verify(found["label"][0]) if one["region"]["id"] not in self.verdicts]
                complete = {"approve": 0, "send_back": 0}
                return 200, {"items": shown[int(found["offset"][0]) :][:60], "total": len(shown), "complete": complete}
            case "PUT", "/annotations/a1/region-verdicts":
                self.verdicts.pop(body["region"], None)
                if body["decision"] is not None:
                    self.verdicts[body["region"]] = body["decision"]
                return 200, body
            case "GET", "/annotations/a1/region-verdicts":
                return 200, {
                    "items": [{"id": one, "decision": said, "feedback": ""} for one, said in self.verdicts.items()]
                }
            case "POST", "/projects/1/verified-annotations":
                self.finished.append(body["feedback"])
                return 200, {"approve": [], "send_back": ["a1"]}
            case (("PUT" | "DELETE"), "/annotations/a1/review-claim"):
                self.claims.append(method)
                if self.held_by and method == "PUT":
                    return refusal(409, "invalid-state", f"{self.held_by} is reviewing this annotation now.")
                return (204, None) if method == "DELETE" else (200, {"annotation": "a1"})
            case "POST", "/annotations/a1/reviews":
                if self.refuse_review:
                    return refusal(409, "stale", "The annotation changed; reload to see it.")
                if (written := body.get("ground_truth")) is not None:
                    if written["revision"] != self.ground_truth["revision"]:
                        status, problem = refusal(409, "stale", "Somebody else wrote this ground truth meanwhile.")
                        return status, {**problem, "field": "ground_truth", **self.ground_truth}
                    kept = {"revision": written["revision"] + 1, "document": written["document"]}
                    self.ground_truth |= {"kind": "adjudicated", **kept, "by": "rita"}
                self.posted_reviews.append(body)
                return 201, {"id": "v1", **body}
        return refusal(404, "not-found", f"No {path}.")

    def _job(self, name: str) -> dict[str, Any]:
        polls = self.jobs[name]
        state = "succeeded" if polls >= 2 else "running"
        return {"id": name, "state": state, "progress": min(1.0, polls / 2), "message": "Predicting", "problem": None}

    def _save(self, body: dict[str, Any]) -> tuple[int, Any]:
        if self.state in ("submitted", "approved"):
            return refusal(409, "invalid-state", "This annotation is submitted.")
        key = (body["client"], body["sequence"])
        if key in self.answered:
            return 200, self.answered[key]
        if body["base_revision"] != self.revision:
            status, problem = refusal(409, "stale", "A newer revision exists.")
            newest = {"document": self.document, "revision": self.revision, "saved_by": self.saved_by}
            return status, {**problem, **newest}
        wrong = broken_rule(self.labels, self.document["regions"], body["operations"])
        if wrong is not None:
            return wrong
        for operation in body["operations"]:
            self._apply(operation)
        self.saves.append(body)
        self.revision += 1
        self.answered[key] = {"annotation": "a1", "revision": self.revision}
        return 200, self.answered[key]

    def _apply(self, operation: dict[str, Any]) -> None:
        collection = operation["collection"]
        if collection == "caption":
            self.document["caption"] = operation.get("value")
            return
        key = KEY_OF[collection]
        kept = [item for item in self.document[collection] if item[key] != operation["id"]]
        self.document[collection] = [*kept, operation["value"]] if operation["op"] == "put" else kept
