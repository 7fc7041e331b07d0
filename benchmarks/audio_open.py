"""Open recordings of 30 s to 6 h in Chromium: from navigation to the drawn waveform, beside Label Studio's figures.

Prints JSON: median of three of the seconds until the waveform is drawn and the sound can be played, bytes transferred,
and memory of all browser processes (PSS). Budget (DESIGN §10) for 1 h and 6 h: < 1 s, < 5 MB, < 300 MB in the editor's
process; the page around the editor is Streamlit's, and counted here.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks import audio_files
from benchmarks.editor import DRAWN, wait_for

ROOT = Path(__file__).resolve().parents[1]
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
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "labelbuddy_core.supervisor", "--port", str(port), "--data", folder]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/api/v1/health")
            rows: dict[str, Any] = {}
            for name, task in tasks.items():
                runs = [measure(url, token, task) for _ in range(RUNS)]
                median = {key: round(statistics.median(run[key] for run in runs), 2) for key in runs[0]}
                rows[name] = {"labelbuddy": median, "label_studio": audio_files.LABEL_STUDIO.get(name)}
            print(json.dumps(rows, indent=1))
        finally:
            server.terminate()
            server.wait(timeout=30)


def prepare(folder: Path) -> tuple[str, dict[str, str]]:
    """A session token, and a task for each recording."""
    from labelbuddy_core.database import get_database, migrate
    from labelbuddy_core.services import analyses, ingestion, projects, queues, sign_in, tasks, uploads
    from labelbuddy_core.services.accounts import actor_of, add_user
    from labelbuddy_core.settings import get_settings

    migrate(get_settings())
    with get_database().write() as session:
        flags = {"is_administrator": True, "can_create_projects": True}
        actor = actor_of(add_user(session, {"username": "bench", "password": "correct horse 1", **flags}))
    project = projects.create_project(
        actor, name="Bench", template="sound-events", members={"bench": ["manager", "annotator"]}
    )
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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "lb_session", "value": token, "url": url}])
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("Network.enable")
        received = [0]
        first = [0.0]

        def count(event: dict[str, Any]) -> None:
            received[0] += event["encodedDataLength"]

        def note(event: dict[str, Any]) -> None:
            if f"/tasks/{task}" in event["request"]["url"] and not first[0]:
                first[0] = time.monotonic()

        cdp.on("Network.loadingFinished", count)
        cdp.on("Network.requestWillBeSent", note)
        began = time.monotonic()
        page.goto(f"{url}/annotate?task={task}")
        page.wait_for_function(DRAWN, polling=20)
        page.wait_for_function(PLAYABLE, polling=20)
        drawn = time.monotonic()
        page.wait_for_timeout(500)
        result = {
            "open_s": drawn - began,
            "editor_s": drawn - first[0],
            "transferred_mb": received[0] / 1e6,
            "browser_mb": _browser_memory(),
        }
        browser.close()
        return result


def _browser_memory() -> float:
    """Megabytes of all Chromium processes, shared pages counted once (PSS)."""
    total = 0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and b"chromium" in (process / "cmdline").read_bytes():
                text = (process / "smaps_rollup").read_text()
                total += int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:")))
        except (OSError, StopIteration):
            continue
    return total / 1024


if __name__ == "__main__":
    main()
