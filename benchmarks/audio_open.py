"""Open recordings of 30 s to 6 h in Chromium: from navigation to drawn and playable, beside Label Studio.

`python -m benchmarks.audio_open --label-studio` opens the same files in Label Studio as well, in turn, in the same
run; it is installed in a folder of its own first (1 GB, some minutes). `--only "30 s,1 h mp3"` takes some recordings.
Both tools have opened one recording before anything is measured.

Prints JSON. For each recording the CPU seconds that `ffmpeg` takes to decode it (null where it is not installed), the
load of the machine, and for each tool medians of:

- page_s, editor_s: seconds from navigation, and from the first request for the task, until the waveform is drawn and
  playable in a fresh browser; heard_s: from Play to moving sound; again_s: the page once more in the same browser.
- transferred_mb: as DevTools reports it at half a second after that, which is too little of media; received_mb: what
  had come to the browser by then in one more opening, with what its sockets took ahead from a link without limits.
- page_peak_rss_mb: the largest resident set of a page's process until then; page_mb, browser_mb: memory (PSS) of the
  pages' processes and of the whole browser then. Other Chromiums on the machine make PSS less.

What is not open after 300 s, or not at all, is reported in `failed`. Budget (DESIGN §10) for 1 h and 6 h: < 1 s,
< 5 MB, < 300 MB. The page around the editor is Streamlit's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import audio_files, label_studio
from benchmarks.audio_ingest import ffmpeg
from benchmarks.browser_memory import PAGE, peak_of_a_page, proportional
from benchmarks.editor import new_project, served, task_page
from benchmarks.opening import NotReached, Target, opened, until_heard, until_ready
from benchmarks.relay import relayed

RUNS = 3
LONG = 3600
"""Seconds from which a recording is opened once only in Label Studio, which takes minutes."""

KINDS = {
    f"{length} {suffix}": (seconds, suffix)
    for length, seconds in audio_files.LENGTHS.items()
    for suffix in ("mp3", "wav")
    if suffix == "mp3" or seconds <= 3600
}
WARMING = "30 s mp3"


def main() -> None:
    """Prepare one installation or two, serve them, measure."""
    options = parsed()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        os.environ["LABELBUDDY_DATA"] = str(folder / "labelbuddy")
        found: dict[str, Any] = {"cores": os.cpu_count()}
        if options.label_studio:
            found["label_studio"] = label_studio.installed(options.label_studio_folder)
        files = recordings(folder / "recordings", {WARMING, *options.only})
        token, tasks = prepare(files)
        url = stack.enter_context(served(os.environ["LABELBUDDY_DATA"]))
        tools = {"labelbuddy": {name: task_page(url, token, task) for name, task in tasks.items()}}
        if options.label_studio:
            at = stack.enter_context(
                label_studio.served(options.label_studio_folder, folder / "label-studio", folder / "recordings")
            )
            tools["label_studio"] = label_studio.targets(at, files)
        for targets in tools.values():
            measure(targets[WARMING])
        found["load_before"] = os.getloadavg()
        found["recordings"] = {name: beside(name, files[name], tools) for name in options.only}
        found["load_after"] = os.getloadavg()
        print(json.dumps(found, indent=1))


def parsed() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.audio_open",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--label-studio", action="store_true", help="measure Label Studio as well")
    parser.add_argument(
        "--label-studio-folder",
        type=Path,
        default=label_studio.FOLDER,
        help="where it is installed (default: %(default)s)",
    )
    parser.add_argument("--only", type=chosen, default=list(KINDS), help='lengths or recordings: "30 s,1 h mp3"')
    return parser.parse_args()


def chosen(text: str) -> list[str]:
    """The recordings that a list of lengths and names means."""
    names: list[str] = []
    for part in (part.strip() for part in text.split(",")):
        meant = [name for name in KINDS if part in (name, name.rpartition(" ")[0])]
        if not meant:
            raise argparse.ArgumentTypeError(f'"{part}" is none of {", ".join([*audio_files.LENGTHS, *KINDS])}')
        names += meant
    return list(dict.fromkeys(names))


def recordings(folder: Path, names: set[str]) -> dict[str, Path]:
    """The files of these names, generated."""
    folder.mkdir()
    return {
        name: audio_files.write(folder / f"{seconds}.{suffix}", seconds)
        for name, (seconds, suffix) in KINDS.items()
        if name in names
    }


def prepare(files: dict[str, Path]) -> tuple[str, dict[str, str]]:
    """A session token, and a task for each recording."""
    from labelbuddy_core.database import get_database
    from labelbuddy_core.services.accounts import sign_in
    from labelbuddy_core.services.recordings import analyses, ingestion, uploads
    from labelbuddy_core.services.tasks import queues, tasks

    actor, project = new_project()
    names: dict[str, str] = {}
    for name, path in files.items():
        size, upload = path.stat().st_size, path.name.replace(".", "-")
        with (
            uploads.begin_upload(actor, project["id"], upload, name=path.name, size=size) as incoming,
            path.open("rb") as file,
        ):
            while block := file.read(1 << 20):
                incoming.write(block)
        added = uploads.finish_upload(actor, project["id"], upload, incoming)["recording"]["id"]
        ingestion.ingest_recording(int(added), lambda _: None)
        analyses.analyze_recording(int(added), lambda _: None)
        names[added] = name
    queues.next_task(actor, project["id"])
    found = tasks.list_tasks(actor, project["id"], limit=100)["items"]
    for task in found:
        tasks.change_task(actor, task["id"], {"assignees": ["bench"]})
    token = sign_in.open_session(actor.id, address="bench", user_agent="bench").token
    get_database().close()
    return token, {names[task["recording"]["id"]]: task["id"] for task in found}


def beside(name: str, file: Path, tools: dict[str, dict[str, Target]]) -> dict[str, Any]:
    """One recording in each tool, in turn."""
    runs: dict[str, list[dict[str, Any]]] = {tool: [] for tool in tools}
    load = [os.getloadavg()[0]]
    for number in range(RUNS):
        for tool, targets in tools.items():
            if number == 0 or tool == "labelbuddy" or KINDS[name][0] < LONG:
                runs[tool].append(measure(targets[name]))
                load.append(os.getloadavg()[0])
    row: dict[str, Any] = {"load": [min(load), max(load)], "ffmpeg": ffmpeg(file)}
    row |= {tool: summary(found) for tool, found in runs.items()}
    for tool, targets in tools.items():
        if "failed" not in row[tool]:
            row[tool]["received_mb"] = received(targets[name])
    print(f"{name}: {json.dumps(row)}", file=sys.stderr)
    return row


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the runs, and what failed."""
    keys = dict.fromkeys(key for run in runs for key in run if key != "failed")
    median = {key: round(statistics.median(run[key] for run in runs if key in run), 2) for key in keys}
    failed = [run["failed"] for run in runs if "failed" in run]
    return {"runs": len(runs), **median} | ({"failed": failed} if failed else {})


def measure(target: Target) -> dict[str, Any]:
    """One opening in a fresh browser; `failed` says what was not reached, why, and when it was given up."""
    found: dict[str, Any] = {}
    with peak_of_a_page() as peak:
        try:
            with opened(target) as (page, _, figures):
                found |= {**figures, "page_peak_rss_mb": peak()}
                found |= {"page_mb": proportional(PAGE), "browser_mb": proportional()}
                found["heard_s"] = until_heard(page, target)
                found["again_s"] = until_ready(page, target)
        except NotReached as error:
            found["failed"] = {"what": error.what, "why": str(error), "after_s": round(error.seconds, 1)}
            found.setdefault("page_peak_rss_mb", peak())
    return found


def received(target: Target) -> float | None:
    """Megabytes that came to a fresh browser until half a second after the task was ready; None when it was not."""
    with relayed(target.url) as (url, count):
        try:
            with opened(replace(target, url=url)):
                return round(count() / 1e6, 2)
        except NotReached:
            return None


if __name__ == "__main__":
    main()
