"""Open recordings of 30 s to 6 h in Chromium: from navigation to the drawn waveform, beside Label Studio's figures.

Prints JSON: median of three of the seconds from navigation (page) and from the editor's first request (editor) until
the waveform is drawn in a fresh browser, and when the same browser opens the page again (again); bytes transferred by
the first; memory (PSS) of the page's process, and of all of the browser's. The sound must be playable then.
Budget (DESIGN §10) for 1 h and 6 h: < 1 s, < 5 MB, < 300 MB. The page around the editor is Streamlit's.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import audio_files
from benchmarks.editor import DRAWN, new_project, opened, served

RUNS = 3
PLAYABLE = """() => {
  const find = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.matches('.play')) return element;
      const inner = element.shadowRoot && find(element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  const play = find(document);
  return play && !play.disabled;
}"""


def main() -> None:
    """Prepare an installation, serve it, measure."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LABELBUDDY_DATA"] = folder
        token, tasks = prepare(Path(folder))
        rows: dict[str, Any] = {}
        with served(folder) as url:
            for name, task in tasks.items():
                runs = [measure(url, token, task) for _ in range(RUNS)]
                median = {key: round(statistics.median(run[key] for run in runs), 2) for key in runs[0]}
                rows[name] = {"labelbuddy": median, "label_studio": audio_files.LABEL_STUDIO.get(name)}
        print(json.dumps(rows, indent=1))


def prepare(folder: Path) -> tuple[str, dict[str, str]]:
    """A session token, and a task for each recording."""
    from labelbuddy_core.database import get_database
    from labelbuddy_core.services import analyses, ingestion, queues, sign_in, tasks, uploads

    actor, project = new_project()
    names: dict[str, str] = {}
    for length, seconds in audio_files.LENGTHS.items():
        for suffix in ("mp3", "wav") if seconds <= 3600 else ("mp3",):
            path = audio_files.write(folder / f"a.{suffix}", seconds)
            size = path.stat().st_size
            with (
                uploads.begin_upload(
                    actor, project["id"], f"u{seconds}{suffix}", name=path.name, size=size
                ) as incoming,
                path.open("rb") as file,
            ):
                while block := file.read(1 << 20):
                    incoming.write(block)
            added = uploads.finish_upload(actor, project["id"], f"u{seconds}{suffix}", incoming)["recording"]["id"]
            ingestion.ingest_recording(int(added), lambda _: None)
            analyses.analyze_recording(int(added), lambda _: None)
            names[added] = f"{length} {suffix}"
            path.unlink()
    queues.next_task(actor, project["id"])
    found = tasks.list_tasks(actor, project["id"], limit=100)["items"]
    for task in found:
        tasks.change_task(actor, task["id"], {"assignees": ["bench"]})
    token = sign_in.open_session(actor.id, address="bench", user_agent="bench").token
    get_database().close()
    return token, {names[task["recording"]["id"]]: task["id"] for task in reversed(found)}


def measure(url: str, token: str, task: str) -> dict[str, float]:
    """One opening in a fresh browser."""
    with opened(url, token, task) as (page, _, figures):
        page.wait_for_function(PLAYABLE, timeout=5000)
        memory = {"page_mb": _memory(b"--type=renderer"), "browser_mb": _memory(b"")}
        began = time.monotonic()
        page.goto(f"{url}/annotate?task={task}")
        page.wait_for_function(DRAWN, polling=20)
        return {**figures, "again_s": time.monotonic() - began, **memory}


def _memory(kind: bytes) -> float:
    """Megabytes of Chromium's processes of a kind, shared pages counted once (PSS)."""
    total = 0
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes() if process.name.isdecimal() else b""
            if b"chromium" in command and kind in command:
                text = (process / "smaps_rollup").read_text()
                total += int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:")))
        except (OSError, StopIteration):
            continue
    return total / 1024


if __name__ == "__main__":
    main()
