"""A real process as a model: it answers, hangs, dies, lies or talks too much; the app stays well and says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.answer import check_answer
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.runtimes.process import ProcessRuntime
from labelbuddy_core.inference.specification import Specification

SCRIPT = str(Path(__file__).with_name("odd_model.py"))
MOODS = ("good", "garbage", "list", "error", "huge", "dies", "late", "redirect", "crash", "failed")


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[ProcessRuntime]:
    made = ProcessRuntime(tmp_path, {f"odd-{mood}": (SCRIPT, mood) for mood in MOODS})
    yield made
    made.stop("odd")


def specification(mood: str, timeout: float = 20.0) -> Specification:
    return Specification.model_validate({"process": f"odd-{mood}", "resources": {"timeout_seconds": timeout}})


def ask(runtime: ProcessRuntime, mood: str, tmp_path: Path, timeout: float = 20.0) -> dict[str, object]:
    endpoint = runtime.ensure_running("odd", specification(mood, timeout), lambda _: None)
    audio = tmp_path / "a.wav"
    audio.write_bytes(b"RIFF")
    return ModelClient(endpoint).predict(audio, {})


def test_a_good_model_answers_and_stays_warm(runtime: ProcessRuntime, tmp_path: Path) -> None:
    assert ask(runtime, "good", tmp_path)["regions"] == [{"start": 0, "end": 1, "label": "x", "score": 0.5}]
    first = runtime._running["odd"].process.pid
    ask(runtime, "good", tmp_path)
    assert runtime._running["odd"].process.pid == first


@pytest.mark.parametrize(
    ("mood", "message"),
    [
        ("garbage", "something else than JSON"),
        ("list", "not a JSON object"),
        ("error", "refused"),
        ("huge", "larger than"),
        ("dies", "cannot be reached"),
        ("late", "did not answer within"),
        ("redirect", "refused"),
    ],
)
def test_a_bad_answer_is_a_readable_problem(mood: str, message: str, runtime: ProcessRuntime, tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match=message):
        ask(runtime, mood, tmp_path, timeout=3.0 if mood == "late" else 20.0)


@pytest.mark.parametrize(
    ("mood", "message"), [("crash", "ended while it started"), ("failed", "could not load its weights: no file")]
)
def test_a_model_that_does_not_start_says_why(mood: str, message: str, runtime: ProcessRuntime, tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match=message):
        ask(runtime, mood, tmp_path)
    assert runtime.status("odd").state == "stopped"


def test_a_model_that_died_is_started_again(runtime: ProcessRuntime, tmp_path: Path) -> None:
    ask(runtime, "good", tmp_path)
    runtime._running["odd"].process.kill()
    runtime._running["odd"].process.wait()
    assert ask(runtime, "good", tmp_path)["version"] == "1"


def test_a_model_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from labelbuddy_core.inference.runtimes.process import ProcessRuntime\n"
        "from labelbuddy_core.inference.specification import Specification\n"
        f"r = ProcessRuntime(Path({str(tmp_path)!r}), {{'odd': ({SCRIPT!r}, 'good')}})\n"
        "r.ensure_running('odd', Specification.model_validate({'process': 'odd'}), lambda _: None)\n"
        "print(r._running['odd'].process.pid, flush=True); time.sleep(60)\n"
    )
    root = str(Path(__file__).parents[2])
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root)
    assert parent.stdout is not None
    model = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    for _ in range(100):
        if not Path(f"/proc/{model}").exists():
            return
        time.sleep(0.05)
    raise AssertionError("the model outlived its parent")


def test_what_does_not_come_with_labelbuddy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="`process` can be: odd"):
        ProcessRuntime(tmp_path, {"odd": (SCRIPT,)}).ensure_running(
            "x", Specification.model_validate({"process": "other"}), lambda _: None
        )


def test_an_answer_is_clipped_shifted_and_cleaned() -> None:
    raw = {
        "version": "1",
        "regions": [
            {"start": -0.5, "end": 2.0, "label": " a\x00b ", "score": 3.0},
            {"start": 9.0, "end": 99.0, "label": "late", "score": 0.5},
            {"start": 5.0, "end": 4.0, "label": "backwards"},
            {"start": float("nan"), "end": 4.0, "label": "nothing"},
            {"start": 11.0, "end": 12.0, "label": "outside"},
            {"start": 1.0, "end": 2.0, "label": ""},
            {"start": True, "end": 2.0, "label": "boolean"},
        ],
        "tags": [{"label": "x", "score": "high"}, {"label": None}],
        "text": [{"text": "hello\u0007"}, {"text": ""}],
    }
    found = check_answer(raw, offset=100.0, duration=10.0)
    assert [(region.start, region.end, region.label, region.score) for region in found.regions] == [
        (100.0, 102.0, "ab", 1.0),
        (109.0, 110.0, "late", 0.5),
    ]
    assert found.tags == [("x", None)]
    assert found.text == ["hello"]
    assert found.notes == [
        "2 region(s) reached beyond the audio and were clipped.",
        "7 item(s) of the answer made no sense and were left out.",
    ]


@pytest.mark.parametrize("raw", [{"regions": "x"}, {"regions": [1]}, {"tags": {"a": 1}}, {"regions": [{}] * 20_001}])
def test_an_answer_of_another_form_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ModelProblem):
        check_answer(raw, offset=0.0, duration=10.0)
