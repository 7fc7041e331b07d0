"""Formats of other tools: 100,000 regions imported in < 60 s (dry run and import), and every export ≥ 50,000 regions/s
in memory that does not grow (DESIGN §10).

`python -m benchmarks.formats [import|export|export-rich] [regions] [formats]`, formats with commas between; exports of
1,000,000 regions in all formats unless said otherwise, each in a process of its own; `export-rich` gives every region a
text, bounds, a channel and a score. An import is measured as one file of all recordings and as an archive with a file
each, and again, when everything is there; on PostgreSQL where LABELBUDDY_DATABASE_URL names an empty database. Prints
JSON.
"""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from benchmarks.database import add_items, region, world
from benchmarks.database_work import DatabaseWork
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, User
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.services.accounts.accounts import actor_of
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.imports import annotation_importing, annotation_imports

EACH = 500
"""Regions of a recording, when there are fewer than that of them."""
PARTS = {"import": 100_000, "export": 1_000_000, "export-rich": 1_000_000}


def main() -> None:
    """Measure each part in a process and data folder of its own."""
    if "--here" in sys.argv:
        part, count, names = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")
        print(json.dumps(measure_import(count) if part == "import" else measure_exports(part, count, names)))
        return
    if "--one" in sys.argv:
        print(json.dumps(measure_export(int(sys.argv[2]), sys.argv[3])))
        return
    wanted = sys.argv[1] if len(sys.argv) > 1 else None
    rows = {}
    for part in [wanted] if wanted else PARTS:
        count = sys.argv[2] if len(sys.argv) > 2 else str(PARTS[part])
        names = sys.argv[3] if len(sys.argv) > 3 else ",".join(FORMATS)
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "LABELBUDDY_DATA": folder}
            command = [sys.executable, "-m", "benchmarks.formats", part, count, names, "--here"]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            rows[part] = json.loads(done.stdout)
    print(json.dumps(rows, indent=1))


def measure_import(count: int) -> dict[str, Any]:
    """Seconds of the dry run and of the import, and the peak of memory."""
    recordings = max(1, count // 100)
    actor = world(recordings)
    rows: dict[str, Any] = {"regions": count, "recordings": recordings}
    for name, data in (("one.tsv", one_table(count, recordings)), ("many.zip", many_tracks(count, recordings))):
        number = annotation_imports.begin(actor, 1)["id"]
        annotation_imports.add_file(actor, number, name, data)
        _set_author(actor, number, name)
        for step in ("check", "apply", "apply again", "undo"):
            rows[f"{name}, {step}"] = _timed(int(number), step.split(" ")[0])
    rows["peak_mb"] = round(peak_mb())
    return rows


def _set_author(actor: Actor, number: str, author: str) -> None:
    annotation_imports.start(actor, number, "check", {"author": author})


def _timed(number: int, step: str) -> dict[str, Any]:
    began, cpu, work = time.perf_counter(), time.process_time(), DatabaseWork()
    done = annotation_importing.ACTIONS[step](number, lambda *_: None)
    kept = {name: done[name] for name in ("new", "present", "problems", "removed") if name in done}
    return {
        "wall_s": round(time.perf_counter() - began, 1), "cpu_s": round(time.process_time() - cpu, 1), **work.done(),
        "load": round(os.getloadavg()[0], 1), **kept,
    }  # fmt: skip


def one_table(count: int, recordings: int) -> bytes:
    """DCASE's table of events over all recordings."""
    rows = ["filename\tonset\toffset\tevent_label"]
    each = count // recordings
    for recording in range(1, recordings + 1):
        rows += [f"{recording}.wav\t{n * 0.5:.6f}\t{n * 0.5 + 0.4:.6f}\tlabel-{n % 8}" for n in range(each)]
    return "\n".join(rows).encode()


def many_tracks(count: int, recordings: int) -> bytes:
    """A ZIP with a label track of Audacity for each recording."""
    buffer = io.BytesIO()
    each = count // recordings
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for recording in range(1, recordings + 1):
            rows = [f"{n * 0.5:.6f}\t{n * 0.5 + 0.4:.6f}\tlabel-{n % 8}" for n in range(each)]
            archive.writestr(f"{recording}.txt", "\n".join(rows))
    return buffer.getvalue()


def measure_exports(part: str, count: int, names: list[str]) -> dict[str, Any]:
    """What `measure_export` says of each format, of one project."""
    recordings = count // EACH
    actor = world(recordings)
    with get_database().write() as session:
        for n in range(1, recordings + 1):
            session.execute(
                insert(Annotation).values(id=n, project_id=1, task_id=n, user_id=actor.id, revision=1, state="approved")
            )
            add_items(session, n, EACH, rich_region if part == "export-rich" else region)
    rows: dict[str, Any] = {"regions": count}
    for name in names:
        command = [sys.executable, "-m", "benchmarks.formats", part, str(count), name, "--one"]
        rows[name] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        print(name, rows[name], file=sys.stderr, flush=True)
    return rows


def rich_region(number: int) -> dict[str, Any]:
    """A region with all that formats differ in, as a model suggested it."""
    origin = {"kind": "model", "model": "bench", "version": "1", "prediction": "1", "score": number % 100 / 100}
    return {
        **region(number), "text": f"what is said here, number {number}", "low": 100.0, "high": 4000.5, "channel": 0,
        "origin": origin,
    }  # fmt: skip


def measure_export(count: int, name: str) -> dict[str, Any]:
    """Regions per second and megabytes of a format, and the peak of memory."""
    with get_database().read() as session:
        actor = actor_of(session.scalars(select(User)).one())
    gc.freeze()  # as the server does when it has started
    before, size = peak_mb(), 0
    began, cpu = time.perf_counter(), time.process_time()
    for block in exports.open_export(actor, 1, format_name=name, audio="paths").blocks:
        size += len(block)
    return {
        "regions_per_s": round(count / (time.perf_counter() - began)),
        "regions_per_cpu_s": round(count / (time.process_time() - cpu)),
        "mb": size // 10**6, "peak_mb_before": round(before), "peak_mb": round(peak_mb()),
    }  # fmt: skip


def peak_mb() -> float:
    """Of this process alone; what `getrusage` says begins with what its parent had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024


if __name__ == "__main__":
    main()
