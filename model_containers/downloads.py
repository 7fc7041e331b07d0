"""Files from the network: resumed where they broke off, and kept only when their checksum is the known one."""

from __future__ import annotations

import errno
import hashlib
import http.client
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

Told = Callable[[int, int | None], None]
"""Hears how many bytes are there, and how many there will be (None: the server does not say)."""

_BLOCK = 1 << 20
_ATTEMPTS = 5
"""In a row without a single new byte."""
_TIMEOUT = 60.0
_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))


class DownloadError(RuntimeError):
    """The file cannot be had; the message says why, and whether to try again."""


@dataclass(frozen=True)
class Wanted:
    """A file: where it lies, and its checksum by `algorithm`: `git` is that of git's objects, of which the beginning is
    enough. `size` is in bytes, where it is known."""

    url: str
    algorithm: Literal["sha256", "md5", "git"]
    digest: str
    size: int | None = None


def fetch(
    wanted: Wanted, target: Path, *, headers: Mapping[str, str] | None = None, told: Told = lambda *_: None
) -> bool:
    """Put a file at `target`; returns whether that was needed. Raises `DownloadError`.

    What came of it before lies beside it as `.NAME.part` and is not asked for again.
    """
    if target.exists() and is_intact(target, wanted):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    if wanted.size is not None:
        require_room(target.parent, wanted.size - _size(part))
    if not part.exists() or _size(part) != wanted.size:
        _download(wanted, part, headers or {}, told)
    keep(part, target, wanted)
    return True


def keep(part: Path, target: Path, wanted: Wanted) -> None:
    """Give a received file its name. Raises `DownloadError`, and deletes it, when it is not the wanted one."""
    if not is_intact(part, wanted):
        found = _difference(part, wanted)
        part.unlink()
        raise DownloadError(f"what was received is not {target.name}: {found}; nothing was kept")
    part.replace(target)


def _difference(path: Path, wanted: Wanted) -> str:
    """How a file that is not the wanted one differs from it."""
    with path.open("rb") as file:
        begin = file.read(512).lstrip().lower()
    if begin.startswith((b"<!doctype html", b"<html")):
        return "it is a web page, so that a proxy or a page for signing in may have answered"
    if wanted.size is not None and _size(path) != wanted.size:
        return f"it has {_size(path):,} bytes instead of {wanted.size:,}"
    return f"its {wanted.algorithm} differs"


def progress(name: str) -> Told:
    """Writes how far a file is to standard error: every second on a terminal, else every half a minute."""
    pause = 1.0 if sys.stderr.isatty() else 30.0
    last = [time.monotonic()]

    def told(there: int, of: int | None) -> None:
        now = time.monotonic()
        if now - last[0] < pause:
            return
        last[0] = now
        share = f" of {of / 1e6:,.0f} MB ({100 * there / of:.0f} %)" if of else " MB"
        end = "\r" if sys.stderr.isatty() else "\n"
        sys.stderr.write(f"{name}: {there / 1e6:,.0f}{share}{end}")
        sys.stderr.flush()

    return told


def is_intact(path: Path, wanted: Wanted) -> bool:
    """Whether a file has the wanted checksum."""
    with path.open("rb") as file:
        if wanted.algorithm == "git":
            head = f"blob {path.stat().st_size}\0".encode()
            found = hashlib.file_digest(file, lambda: hashlib.sha1(head, usedforsecurity=False)).hexdigest()
            return found.startswith(wanted.digest)
        return hashlib.file_digest(file, wanted.algorithm).hexdigest() == wanted.digest


def require_room(folder: Path, needed: int) -> None:
    """Raises `DownloadError` when a folder's disk has less than `needed` bytes left."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DownloadError(f"{needed / 1e9:.2f} GB are needed in {folder} and {free / 1e9:.2f} GB are free")


def open_url(url: str, headers: Mapping[str, str]) -> Any:
    """The response to a GET; a token (`Authorization`) is not sent on to another host."""
    request = urllib.request.Request(url, headers=dict(headers))  # noqa: S310 - the schemes are checked here
    if urlsplit(url).scheme not in ("http", "https"):
        raise DownloadError(f"{url} is no http or https address")
    return urllib.request.build_opener(_KeepingSecrets).open(request, timeout=_TIMEOUT)


def refusal(url: str, error: urllib.error.HTTPError) -> DownloadError:
    """What an answer with an error means."""
    said = f"{url} answers {error.code} {error.reason}"
    if error.code in (401, 403):
        return DownloadError(f"{said}: it is only for those who accepted its terms; set HF_TOKEN to a token of yours")
    return DownloadError(said)


class _KeepingSecrets(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new is not None and urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            new.remove_header("Authorization")
        return new


def _download(wanted: Wanted, part: Path, headers: Mapping[str, str], told: Told) -> None:
    """Into `part`, behind what is there of it already; a broken connection is tried again after a pause."""
    failures = 0
    while True:
        had = _size(part)
        try:
            if _received(wanted, part, headers, told):
                return
            reason = "the connection ended too early"
        except urllib.error.HTTPError as error:
            if error.code not in _PASSING:
                raise refusal(wanted.url, error) from None
            reason = f"the server answers {error.code} {error.reason}"
        except http.client.HTTPException as error:
            reason = f"the connection ended too early ({type(error).__name__})"
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DownloadError(f"the disk of {part.parent} is full; make room and run it again to go on") from None
            reason = str(getattr(error, "reason", error))
        failures = 0 if _size(part) > had else failures + 1
        if failures >= _ATTEMPTS:
            raise DownloadError(f"{wanted.url} could not be downloaded ({reason}); run it again to go on")
        if failures:
            time.sleep(min(2.0 ** (failures - 2), 8.0))


def _received(wanted: Wanted, part: Path, headers: Mapping[str, str], told: Told) -> bool:
    """Ask once for what is missing; returns whether all of it came."""
    have = _size(part)
    try:
        with open_url(wanted.url, {**headers, **({"Range": f"bytes={have}-"} if have else {})}) as response:
            begun = have if response.status == 206 and _begins_at(response, have) else 0
            length = response.headers.get("Content-Length")
            expected = wanted.size if length is None else begun + int(length)
            with part.open("ab" if begun else "wb") as file:
                at = begun
                while block := response.read(_BLOCK):
                    file.write(block)
                    at += len(block)
                    told(at, expected)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing is missing; the checksum tells
            return True
        raise
    return expected is None or _size(part) >= expected


def _begins_at(response: Any, place: int) -> bool:
    """Whether a partial answer begins where it was asked to."""
    said = response.headers.get("Content-Range")
    return said is None or said.startswith(f"bytes {place}-")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
