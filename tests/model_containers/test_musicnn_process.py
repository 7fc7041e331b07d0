"""musicnn as a process: it binds before it has loaded, keeps the contract, answers sensibly and ends cleanly."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from running_models import ROOT, music, running, wait_for

from model_containers.musicnn.features import PATCH_SECONDS
from model_containers.serving.contract import check


def _wav(samples: Any, rate: int = 16_000) -> dict[str, tuple[str, bytes]]:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", subtype="PCM_16")
    return {"audio": ("clip.wav", buffer.getvalue())}


@pytest.fixture(scope="module")
def musicnn(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("m")
    with running("model_containers.musicnn", folder, LABELBUDDY_WEIGHTS=str(weights)) as (_, session, _socket):
        wait_for(lambda: session("GET", "/health").json()["status"] == "ready", "loading")
        yield session


def test_it_keeps_the_contract(musicnn: Any) -> None:
    assert [finding for finding in check(musicnn) if not finding.kept] == []


def test_it_tags_music_and_says_when(musicnn: Any) -> None:
    silence = np.zeros(16_000 * 9, np.float32)
    clip = np.concatenate([silence, music(12.0)])
    answer = musicnn("POST", "/predict", files=_wav(clip)).json()
    assert (answer["model"], answer["version"]) == ("musicnn", "0.1.0-mtt")
    assert answer["duration"] == pytest.approx(21.0)
    assert [tag["score"] for tag in answer["tags"]] == sorted((tag["score"] for tag in answer["tags"]), reverse=True)
    beats = [region for region in answer["regions"] if region["start"] >= 2 * PATCH_SECONDS]
    assert beats
    assert {region["end"] for region in answer["regions"]} & {21.0}


def test_more_tags_come_with_a_lower_threshold(musicnn: Any) -> None:
    def count(options: str) -> int:
        return len(musicnn("POST", "/predict", files=_wav(music(6.0)), data={"options": options}).json()["tags"])

    assert count('{"threshold": 0}') == 50
    assert count('{"threshold": 0, "top_k": 5}') == 5
    assert 0 < count('{"threshold": 0.1}') < 50


def test_health_answers_before_the_weights_are_loaded(weights: Path, tmp_path: Path) -> None:
    with running("model_containers.musicnn", tmp_path, LABELBUDDY_WEIGHTS=str(weights)) as (_, session, socket):
        seen = session("GET", "/health").json()["status"]
        assert seen == "starting"
        assert socket.stat().st_mode & 0o077 == 0
        wait_for(lambda: session("GET", "/health").json()["status"] == "ready", "loading")


def test_without_weights_it_says_how_to_get_them(tmp_path: Path) -> None:
    with running("model_containers.musicnn", tmp_path, LABELBUDDY_WEIGHTS=str(tmp_path / "none")) as (_, session, _s):
        health = wait_for(
            lambda: (said := session("GET", "/health").json())["status"] == "failed" and said, "giving up"
        )
        assert "bin/run --fetch-models" in health["detail"]


def test_it_ends_when_told_and_leaves_nothing_behind(weights: Path, tmp_path: Path) -> None:
    with running("model_containers.musicnn", tmp_path, LABELBUDDY_WEIGHTS=str(weights)) as (process, _, socket):
        children = _children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert not socket.exists()
        wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "the end of the worker")


def test_when_it_is_killed_its_worker_ends_too(weights: Path, tmp_path: Path) -> None:
    with running("model_containers.musicnn", tmp_path, LABELBUDDY_WEIGHTS=str(weights)) as (process, _, _socket):
        children = _children(process.pid)
        process.kill()
        process.wait()
        wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "the end of the worker")


def test_the_server_starts_without_importing_pytorch() -> None:
    """Importing PyTorch takes seconds, in which nothing would answer."""
    code = "import sys, model_containers.musicnn.app, model_containers.serving.runner; print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"


def test_nothing_of_the_app_is_imported() -> None:
    sources = [path.read_text() for path in (ROOT / "model_containers").rglob("*.py")]
    assert sources
    assert not any("labelbuddy_core" in source for source in sources)


def _children(pid: int) -> list[int]:
    """Worker processes; their parent is named in the fourth field of stat."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        if stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[1] == str(pid):
            found.append(int(stat.parent.name))
    assert found
    return found
