"""The YOHO that comes with LabelBuddy: its file, what it is called, and that it is better than a guess."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml
from running_models import ROOT, running, wait_for

from labelbuddy_core.inference.runtimes.process import BUNDLED
from model_containers.serving import Options
from model_containers.yoho import surroundings, synthesis
from model_containers.yoho.app import YohoModel
from model_containers.yoho.experimental import WEIGHTS

DECLARED = yaml.safe_load((ROOT / "model_containers/yoho/model.process.yaml").read_text())


def day_one(data: Path) -> YohoModel:
    model = YohoModel(WEIGHTS, data)
    model.load()
    return model


def test_it_is_small_and_called_experimental(tmp_path: Path) -> None:
    assert sum(one.stat().st_size for one in WEIGHTS.glob("*.safetensors")) < 20_000_000
    model = day_one(tmp_path)
    assert model.information.version == DECLARED["version"]
    assert list(model.information.labels) == DECLARED["output_schema"][0]["labels"]
    assert "xperimental" in DECLARED["name"] + DECLARED["description"]


def test_it_tells_music_that_it_never_heard_from_what_is_none(tmp_path: Path) -> None:
    model, random = day_one(tmp_path), np.random.default_rng(5_000)

    def marked(sound: np.ndarray) -> float:
        regions = model.predict(sound, Options()).regions
        return sum(one.end - one.start for one in regions if one.label == "music") / (len(sound) / synthesis.RATE)

    in_music = [marked(synthesis.music(random, 12.0)) for _ in range(4)]
    elsewhere = [marked(surroundings.other(random, 12.0)) for _ in range(4)]
    assert np.mean(in_music) > 0.6
    assert np.mean(elsewhere) < 0.3


def test_the_process_that_its_file_names_serves_it(tmp_path: Path) -> None:
    module = BUNDLED[DECLARED["process"]][1]
    with running(module, tmp_path, LABELBUDDY_DATA=str(tmp_path / "data")) as (_, session, _):
        wait_for(lambda: session("GET", "/health").json()["status"] == "ready", "loading")
        info = session("GET", "/info").json()
    assert (info["name"], info["version"]) == ("yoho", DECLARED["version"])
