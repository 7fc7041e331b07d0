"""Label Studio as the peer of the benchmarks: installed apart, served with a fresh data folder, given recordings.

Its own development server and SQLite, which are what `pip install label-studio` and `label-studio start` give, with
local files served and without telemetry.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.opening import Target

VERSION = "1.23.2"
FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "labelbuddy-benchmarks" / "label-studio"
"""Where it is installed unless told otherwise."""

START_SECONDS = 600
"""The first start creates its database, which takes a minute or more."""

PERSON = {"email": "bench@example.com", "password": "correct horse 1"}
CONFIGURATION = """<View>
  <Labels name="label" toName="audio" zoom="true" hotkey="ctrl+enter">
    <Label value="Speech"/><Label value="Music"/>
  </Labels>
  <Audio name="audio" value="$audio"/>
</View>"""
"""Label Studio's template "Sound Event Detection" with other labels; it shows no spectrogram."""


def installed(folder: Path) -> dict[str, Any]:
    """Have Label Studio in a virtual environment at `folder`: {version, install_s}, also when it was there before."""
    record = folder / "installed.json"
    if record.exists() and (found := json.loads(record.read_text()))["version"] == VERSION:
        return found
    print(f"installing Label Studio {VERSION} in {folder}, about 1 GB", file=sys.stderr)
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, stdout=sys.stderr)
    install = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", f"label-studio=={VERSION}"]
    subprocess.run(install, check=True, stdout=sys.stderr, env=environment())
    found = {"version": VERSION, "install_s": round(time.monotonic() - began)}
    record.write_text(json.dumps(found))
    return found


@contextmanager
def served(program: Path, data: Path, recordings: Path) -> Iterator[str]:
    """Label Studio of `program`, upon a fresh `data` folder, serving the files of `recordings`; its address."""
    data.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(program.resolve() / "bin/label-studio"), "start", "--no-browser", "--internal-host", "127.0.0.1"]
    command += ["--port", str(port), "--data-dir", str(data)]
    command += ["--username", PERSON["email"], "--password", PERSON["password"]]
    settings = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED": "true",
        "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT": str(recordings.parent),
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
    with (data / "log.txt").open("w") as log:
        server = subprocess.Popen(command, cwd=data, stdout=log, stderr=log, env=environment() | settings)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, server, data / "log.txt")
            yield url
        finally:
            server.terminate()
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def targets(url: str, recordings: dict[str, Path]) -> dict[str, Target]:
    """A project with a task for each recording (all in one folder), seen by a person who has signed in."""
    with httpx.Client(base_url=url, timeout=60, follow_redirects=True, headers={"Referer": url}) as client:
        client.get("/user/login/").raise_for_status()
        client.post(
            "/user/login/", data=PERSON | {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        ).raise_for_status()

        def post(path: str, body: Any) -> Any:
            answer = client.post(path, json=body, headers={"X-CSRFToken": client.cookies["csrftoken"]})
            answer.raise_for_status()
            return answer.json()

        project = post("/api/projects", {"title": "Bench", "label_config": CONFIGURATION})["id"]
        folder = next(iter(recordings.values())).parent
        post("/api/storages/localfiles", {"project": project, "path": str(folder), "use_blob_urls": True})
        files = [{"audio": f"/data/local-files/?d={folder.name}/{path.name}"} for path in recordings.values()]
        tasks = post(f"/api/projects/{project}/import?return_task_ids=true", files)["task_ids"]
        cookies = dict(client.cookies)
    return {
        name: Target(
            url=f"{url}/projects/{project}/data?task={task}",
            cookies=cookies,
            asks=f"/api/tasks/{task}",
            canvas="#waveform-layer-main",
            ruler=32,
            play="[data-testid^='playback-button']",
            problem="[class*='error--']",
        )
        for name, task in zip(recordings, tasks, strict=True)
    }


def environment() -> dict[str, str]:
    """This process's, without what concerns its own Python: bytecode is kept, as in a usual installation."""
    ours = ("PYTHON", "LABELBUDDY_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers. Raises RuntimeError with the end of its log when it does not start."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            httpx.get(f"{url}/health", timeout=5).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise RuntimeError(f"Label Studio does not start:\n{log.read_text()[-2000:]}")


if __name__ == "__main__":
    print(json.dumps(installed(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)))
