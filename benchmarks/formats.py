"""Formats of other tools: 100,000 regions imported in < 60 s (dry run and import), and every export ≥ 50,000 regions/s
in memory that does not grow (DESIGN §10).

`python -m benchmarks.formats [import|export] [regions] [formats]`, formats with commas between; exports of 1,000,000
regions in all formats unless said otherwise. An import is measured as one file of all recordings and as an archive with
a file each, and again, when everything is there. Prints JSON.
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from typing import Any

from sqlalchemy import insert

from benchmarks.database import add_items, world
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.services import annotation_importing, annotation_imports, exports
from labelbuddy_core.services.actors import Actor

EACH = 500
"""Regions of a recording, when there are fewer than that of them."""
PARTS = {"import": 100_000, "export": 1_000_000}


def main() -> None:
    """Measure each part in a process and data folder of its own."""
    if "--here" in sys.argv:
        part, count, names = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")
        print(json.dumps(measure_import(count) if part == "import" else measure_export(count, names)))
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
    began, cpu = time.perf_counter(), time.process_time()
    done = annotation_importing.ACTIONS[step](number, lambda *_: None)
    kept = {name: done[name] for name in ("new", "present", "problems", "removed") if name in done}
    return {
        "wall_s": round(time.perf_counter() - began, 1), "cpu_s": round(time.process_time() - cpu, 1), **kept,
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


def measure_export(count: int, names: list[str]) -> dict[str, Any]:
    """Regions per second and megabytes of each format, and the peak of memory."""
    recordings = count // EACH
    actor = world(recordings)
    with get_database().write() as session:
        for n in range(1, recordings + 1):
            session.execute(
                insert(Annotation).values(id=n, project_id=1, task_id=n, user_id=actor.id, revision=1, state="approved")
            )
            add_items(session, n, EACH)
    rows: dict[str, Any] = {"regions": count, "peak_mb_before": round(peak_mb())}
    for name in names:
        began, cpu, size = time.perf_counter(), time.process_time(), 0
        for block in exports.open_export(actor, 1, format_name=name, audio="paths").blocks:
            size += len(block)
        seconds = time.perf_counter() - began
        rows[name] = {
            "regions_per_s": round(count / seconds), "regions_per_cpu_s": round(count / (time.process_time() - cpu)),
            "mb": size // 10**6, "peak_mb": round(peak_mb()),
        }  # fmt: skip
        print(name, rows[name], file=sys.stderr, flush=True)
    return rows


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
