"""The job that makes a release: freeze what it holds, cut clips, write the archive, publish it.

Once the content is frozen nothing that changes in the project reaches the release, also where the job is interrupted,
or cancelled and resumed later.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store, original_key, release_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Project, Release, Task
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.releases.choices import parse_choices
from labelbuddy_core.errors import DiskFull, InvalidState, NotFound
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.formats.release_manifest import Manifest
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.agreement import agreement
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation.blob_changes import changing_blobs
from labelbuddy_core.services.recordings.room_for_recordings import check_space
from labelbuddy_core.services.releases.release_archives import Packed, pack
from labelbuddy_core.services.releases.release_audio import cut_clips
from labelbuddy_core.services.releases.release_frozen import About, freeze
from labelbuddy_core.settings import get_settings

_BLOCK = 1 << 20
_FROZEN, _CUT = 0.2, 0.6
"""How far the job is when its content is frozen, and when its clips are cut."""
_NOBODY = Actor(0, "", "", True, False)
"""In whose name agreement is measured: what is measured is the same whoever asks."""

Tell = Callable[[float, str], None]


def run(job: JobContext) -> dict[str, Any]:
    """Make the release that the job names; its result has the hashes."""
    number = job.arguments["release"]

    def tell(fraction: float, message: str) -> None:
        job.check()
        job.progress(fraction, message)

    job.step("freeze", freeze_content, number, tell)
    job.step("cut", cut, number, tell)
    return job.step("publish", publish, number, tell)


def make(release_id: int, tell: Tell) -> dict[str, Any]:
    """The same at once, for the command line."""
    freeze_content(release_id, tell)
    cut(release_id, tell)
    return publish(release_id, tell)


def freeze_content(release_id: int, tell: Tell) -> str:
    """Write down what the release holds, and keep that in the storage; a repetition finds it."""
    row = _load(release_id)
    if row.manifest_sha256:
        return row.manifest_sha256
    choices = parse_choices(row.choices, FORMATS)
    tell(0.0, "Measuring agreement")
    measured = agreement(_NOBODY, row.project_id)["figures"]
    figures = [
        {name: one[name] for name in ("kind", "title", "name", "value", "low", "high")}
        for one in measured
        if one["value"] is not None
    ]
    folder = _folder(release_id)
    with get_database().read() as session:
        _one_state(session)
        project = session.get_one(Project, row.project_id)
        total = max(1, _count_tasks(session, row.project_id))

        def told(done: int) -> None:
            if done % 100 == 0:
                tell(_FROZEN * min(1.0, done / total), f"Reading labels ({done:,} of {total:,} tasks)")

        made = freeze(session, project, About(row.name, row.version, row.note), choices, figures, folder, told)
    manifest = Manifest(made)
    if not manifest.entries:
        made.unlink()
        raise InvalidState(_why_empty(manifest.header["figures"]["left_out"]))
    digest = _sha256(made)
    with changing_blobs():
        open_store(get_settings()).put_file(release_key(digest), made)
        with get_database().write() as session:
            session.get_one(Release, release_id).manifest_sha256 = digest
    return digest


def cut(release_id: int, tell: Tell) -> int:
    """Cut the clips, where the release has some; those that are there already are passed over."""
    manifest = _manifest(release_id)
    if manifest.choices.audio != "clips":
        return 0
    return cut_clips(
        manifest,
        _folder(release_id) / "clips",
        lambda done, total: tell(
            _FROZEN + (_CUT - _FROZEN) * done / max(1, total), f"Cutting clips ({done:,} of {total:,})"
        ),
    )


def publish(release_id: int, tell: Tell) -> dict[str, Any]:
    """Write the archive and publish the release; a repetition makes the same bytes."""
    folder, manifest = _folder(release_id), _manifest(release_id)
    check_space(_expected_size(manifest, folder / "clips"))
    target = folder / "archive"

    def told(done: int, total: int) -> None:
        tell(_CUT + (1.0 - _CUT) * done / max(1, total), f"Writing the archive ({done:,} of {total:,} files)")

    try:
        packed = pack(manifest, folder / "clips", target, told)
    except NotFound:
        raise NotFound("Audio of this release is missing from the storage; make the release again.") from None
    except OSError as error:
        raise DiskFull(f"The archive could not be written: {error.strerror or error}.") from None
    tell(1.0, "Publishing")
    with changing_blobs():
        open_store(get_settings()).put_file(release_key(packed.sha256), target)
        _keep(release_id, packed, manifest)
    shutil.rmtree(folder, ignore_errors=True)
    return {"release": str(release_id), "sha256": packed.sha256, "content_sha256": packed.content_sha256}


def _keep(release_id: int, packed: Packed, manifest: Manifest) -> None:
    with get_database().write() as session:
        row = session.get(Release, release_id)
        if row is None:
            raise NotFound("This release was given up.")
        if row.state != "making":
            return
        row.state, row.published_at = "published", now()
        row.sha256, row.content_sha256, row.size = packed.sha256, packed.content_sha256, packed.size
        row.files, row.figures = packed.files, manifest.header["figures"]
        record(
            session, None, "release.published", f"release:{row.id}", project_id=row.project_id, name=row.name,
            version=row.version, sha256=packed.sha256, content_sha256=packed.content_sha256,
        )  # fmt: skip


def _load(release_id: int) -> Release:
    with get_database().read() as session:
        row = session.get(Release, release_id)
    if row is None:
        raise NotFound("This release was given up.")
    return row


def _manifest(release_id: int) -> Manifest:
    """The frozen content, as a file in the work folder."""
    digest = _load(release_id).manifest_sha256
    store = open_store(get_settings())
    local = store.local_path(release_key(digest))
    if local is None:
        local = _folder(release_id) / "manifest"
        store.fetch_to(release_key(digest), local)
    return Manifest(local)


def _folder(release_id: int) -> Path:
    """Where a release is made; the worker removes what was left there for a day."""
    folder = get_settings().data / "work" / f"release-{release_id}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _one_state(session: Session) -> None:
    """Read everything as it is now, whatever is saved meanwhile; SQLite does so by itself."""
    if not get_database().is_sqlite:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _count_tasks(session: Session, project_id: int) -> int:
    return session.scalar(select(func.count()).where(Task.project_id == project_id)) or 0


def _why_empty(left_out: Mapping[str, int]) -> str:
    why = "; ".join(f"{counted(count, 'task')}: {reason}" for reason, count in left_out.items())
    remedy = "Approve, merge or adjudicate, or choose other labels."
    return f"Nothing would be in this release ({why or 'the project has no tasks'}). {remedy}"


def _expected_size(manifest: Manifest, clips: Path) -> int:
    """Bytes of audio that go into the archive; labels are small beside them."""
    if manifest.choices.audio == "clips":
        return sum(file.stat().st_size for file in clips.iterdir())
    if manifest.choices.audio == "original":
        store = open_store(get_settings())
        return sum(store.size(original_key(sha256)) for sha256 in {one.sha256 for one in manifest.entries})
    return 0


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
