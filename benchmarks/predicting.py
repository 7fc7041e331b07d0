"""What a batch of predictions costs beside the bare model; prints JSON.

`python -m benchmarks.predicting [--recordings 40] [--seconds 30] [--threads 1]`: musicnn in a process on arrays that
are in memory, as PyTorch comes (plain) and with the kit's settings of memory (bare), and the same recordings as a
batch: read from the storage, cut, sent to the model's process, checked and kept. All without loading the weights.
`again` is the batch once more, from kept answers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from model_containers.serving.runner import spend_less_on_memory

ROOT = Path(__file__).parents[1]
RATE = 44_100
YAML = """name: musicnn-bench
process: musicnn
input_schema: {{audio: wav, sample_rate: 16000, channels: 1}}
output_schema: [{{type: tag, labels: [guitar, loud, quiet]}}]
resources: {{cpus: {threads}, memory: 2g}}
"""


def clips(folder: Path, count: int, seconds: float) -> list[Path]:
    """Stereo files of noise with a tone."""
    made = []
    for number in range(count):
        generator = np.random.default_rng(number)
        tone = 0.2 * np.sin(2 * np.pi * (200 + 20 * number) * np.arange(round(seconds * RATE)) / RATE)
        samples = tone[:, None] + generator.normal(0, 0.05, (len(tone), 2))
        made.append(folder / f"{number}.wav")
        soundfile.write(made[-1], samples, RATE, subtype="PCM_16")
    return made


def bare(files: list[Path], threads: int) -> float:
    """Seconds that the model alone takes for all of them."""
    os.environ["LABELBUDDY_THREADS"] = str(threads)
    from model_containers.musicnn.app import MusicnnModel
    from model_containers.serving import Options
    from model_containers.serving.audio import read_mono

    model = MusicnnModel(ROOT / ".cache" / "models" / "musicnn")
    model.load()
    arrays = []
    for file in files:
        with file.open("rb") as opened:
            arrays.append(read_mono(opened, model.information.sample_rate, 3600)[0])
    model.predict(arrays[0], Options(threshold=0.2))
    began = time.perf_counter()
    for samples in arrays:
        model.predict(samples, Options(threshold=0.2))
    return time.perf_counter() - began


def bare_process(folder: Path, threads: int, how: str) -> float:
    """`bare` in a process of its own: settings of memory stay with a process."""
    command = [sys.executable, "-m", "benchmarks.predicting", "--only", how, "--threads", str(threads)]
    return float(subprocess.run([*command, "--folder", str(folder)], cwd=ROOT, check=True, stdout=-1).stdout)


def batch(folder: Path, files: list[Path], threads: int) -> dict[str, Any]:
    """Seconds a recording in a batch of a warm model, and from kept answers."""
    os.environ |= {"LABELBUDDY_DATA": str(folder / "data"), "LABELBUDDY_MIN_FREE_BYTES": "0"}
    sys.path.insert(0, str(ROOT / "tests" / "predictions"))
    from laboratory import Lab

    from labelbuddy_core.database import migrate
    from labelbuddy_core.services.actors import Actor
    from labelbuddy_core.services.installation import setup
    from labelbuddy_core.services.models import model_links, model_supervision, models
    from labelbuddy_core.services.projects import projects
    from labelbuddy_core.settings import get_settings

    migrate(get_settings())
    first = {"username": "bench", "name": "Bench", "password": "violet-teapot-37-anvil", "email": ""}
    made = setup.create_first_administrator(setup.ensure_setup_token() or "", first)
    manager = Actor(int(made["id"]), "bench", "Bench", is_administrator=True, can_create_projects=True)
    project = projects.create_project(manager, name="Bench", template="music-tagging")["id"]
    lab = Lab(manager, project, folder)
    model = models.create_model(manager, YAML.format(threads=threads))["id"]
    model_links.link_model(manager, project, model, threshold=0.2, add_labels=["guitar", "loud", "quiet"])
    lab.keep(files[:1])
    lab.ask(model)  # loads the weights
    lab.keep(files[1:])
    began = time.perf_counter()
    asked = lab.ask(model)["predicted"]
    took = time.perf_counter() - began
    with_kept = projects.create_project(manager, name="Again", template="music-tagging")["id"]
    again = Lab(manager, with_kept, folder)
    model_links.link_model(manager, with_kept, model, threshold=0.2, add_labels=["guitar", "loud", "quiet"])
    again.keep(files)
    began = time.perf_counter()
    again.ask(model)
    kept = time.perf_counter() - began
    model_supervision.close_models()
    return {"seconds_each": took / asked, "kept_seconds_each": kept / len(files)}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", choices=["plain", "bare"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        if options.only == "bare":
            spend_less_on_memory()
        sys.stdout.write(str(bare(sorted(options.folder.glob("*.wav")), options.threads)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files = clips(folder, options.recordings, options.seconds)
        plain, alone = (bare_process(folder, options.threads, how) / len(files) for how in ("plain", "bare"))
        found = batch(folder, files, options.threads)
    each = found["seconds_each"]
    rows = {
        "plain PyTorch, s a recording": round(plain, 4),
        "bare model, s a recording": round(alone, 4),
        "batch, s a recording": round(each, 4),
        "throughput of the bare model": round(alone / each, 3),
        "from kept answers, s a recording": round(found["kept_seconds_each"], 4),
    }
    sys.stdout.write(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
