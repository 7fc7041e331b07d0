"""Where recordings may be imported from: folders of the server and URLs that the settings name, and nothing else.

An address is an absolute path, or an `http`, `https` or `s3` URL. What is opened is checked again when it is open, so
that a link that changes meanwhile leads nowhere else.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import obstore
import requests
from obstore.exceptions import BaseError
from obstore.store import from_url

from labelbuddy_core.errors import Invalid
from labelbuddy_core.settings import Settings

_BLOCK = 1 << 20
_CONNECT_SECONDS = 10.0
_SCHEMES = ("http", "https", "s3")


@dataclass(frozen=True)
class OpenedFile:
    """A file to import: its size in bytes where it is known, and its bytes in blocks.

    Reading the blocks raises `Invalid` when the file cannot be read to its end.
    """

    size: int | None
    blocks: Iterator[bytes]


def allowed_folders(settings: Settings) -> list[Path]:
    """The folders of the server that may be imported from."""
    return [Path(text).expanduser().resolve() for text in _listed(settings.import_folders)]


def allowed_urls(settings: Settings) -> list[str]:
    """The beginnings of URLs that may be imported from."""
    return _listed(settings.import_urls)


def is_url(address: str) -> bool:
    """Whether an address is a URL, not a path."""
    return "://" in address


def resolve(settings: Settings, address: str, *, base: Path | None = None) -> str:
    """The address as it is kept: an absolute path without links, or a URL.

    A relative path is looked for in `base`, or else in each allowed folder. Raises `Invalid` when the settings do not
    allow it or there is no such file or folder.
    """
    if is_url(address):
        return _checked_url(settings, address)
    return str(_resolved_path(settings, address, base))


def walk(settings: Settings, folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """(path relative to the folder, what is known about it) of every file below a folder, in the order of their names.

    Hidden files and folders are left out; links to folders are not followed.
    """
    folders = allowed_folders(settings)
    for root, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(root) / name
            if name.startswith(".") or not _within(path.resolve(), folders):
                continue
            try:
                known = path.stat()
            except OSError:
                continue  # gone meanwhile
            if stat.S_ISREG(known.st_mode):
                yield str(path.relative_to(folder)), known


@contextmanager
def open_file(settings: Settings, address: str) -> Iterator[OpenedFile]:
    """Open a resolved address. Raises `Invalid` when it may not, or cannot, be read."""
    if not is_url(address):
        with _open_path(settings, address) as opened:
            yield opened
    elif _checked_url(settings, address).startswith("s3:"):
        yield _open_object(address)
    else:
        with _open_http(settings, address) as opened:
            yield opened


@contextmanager
def _open_path(settings: Settings, address: str) -> Iterator[OpenedFile]:
    try:
        descriptor = os.open(address, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Invalid(f"{address} cannot be read: {error.strerror}.", field="path") from None
    with os.fdopen(descriptor, "rb") as file:
        known = os.fstat(descriptor)
        if not stat.S_ISREG(known.st_mode):
            raise Invalid(f"{address} is not a file.", field="path")
        if not _within(Path(f"/proc/self/fd/{descriptor}").readlink(), allowed_folders(settings)):
            raise Invalid(_not_allowed(settings, address), field="path")

        def blocks() -> Iterator[bytes]:
            try:
                while block := file.read(_BLOCK):
                    yield block
            except OSError as error:
                raise Invalid(f"{address} cannot be read to its end: {error.strerror}.", field="path") from None

        yield OpenedFile(known.st_size, blocks())


def _open_object(address: str) -> OpenedFile:
    parts = urlsplit(address)
    try:
        found = obstore.get(from_url(f"s3://{parts.netloc}"), unquote(parts.path).lstrip("/"))
    except (BaseError, FileNotFoundError, PermissionError) as error:
        raise Invalid(f"{address} cannot be read: {_first_line(error)}.", field="url") from None

    def blocks() -> Iterator[bytes]:
        try:
            for block in found.stream(min_chunk_size=_BLOCK):
                yield bytes(block)
        except BaseError as error:
            raise Invalid(f"{address} cannot be read to its end: {_first_line(error)}.", field="url") from None

    return OpenedFile(found.meta["size"], blocks())


@contextmanager
def _open_http(settings: Settings, address: str) -> Iterator[OpenedFile]:
    try:
        response = requests.get(
            address,
            stream=True,
            allow_redirects=False,  # another address would have to be allowed as well
            timeout=(_CONNECT_SECONDS, settings.import_url_seconds),
            headers={"Accept-Encoding": "identity"},
        )
    except requests.RequestException as error:
        raise Invalid(f"{address} cannot be reached ({type(error).__name__}).", field="url") from None
    with closing(response):
        if response.status_code != 200:
            moved = response.headers.get("Location", "")
            says = f"it was moved to {moved[:300]}; list that address" if moved else response.reason
            raise Invalid(f"{address} answered {response.status_code}: {says}.", field="url")
        told = response.headers.get("Content-Length", "")
        size = int(told) if told.isdecimal() else None

        def blocks() -> Iterator[bytes]:
            received = 0
            try:
                for block in response.iter_content(_BLOCK):
                    received += len(block)
                    yield block
            except requests.RequestException as error:
                raise Invalid(f"{address} broke off ({type(error).__name__}); resume.", field="url") from None
            if size is not None and received != size:
                raise Invalid(f"{address} broke off after {received:,} of {size:,} bytes; resume.", field="url")

        yield OpenedFile(size, blocks())


def _resolved_path(settings: Settings, address: str, base: Path | None) -> Path:
    folders = allowed_folders(settings)
    if not folders:
        raise Invalid(
            "This installation imports from no folder of the server. The administrator names them in the setting "
            "LABELBUDDY_IMPORT_FOLDERS.",
            field="path",
        )
    if "\0" in address or not address:
        raise Invalid("Name a folder or a file.", field="path")
    places = [base] if base is not None else folders
    for place in places:
        path = (place / address).resolve()
        if _within(path, folders) and path.exists():
            return path
    if any(_within((place / address).resolve(), folders) for place in places):
        raise Invalid(f"There is no {address} on the server.", field="path")
    raise Invalid(_not_allowed(settings, address), field="path")


def _not_allowed(settings: Settings, address: str) -> str:
    names = ", ".join(str(folder) for folder in allowed_folders(settings))
    return f"{address} is not in a folder that may be imported from ({names}: setting LABELBUDDY_IMPORT_FOLDERS)."


def _within(path: Path, folders: list[Path]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)


def _checked_url(settings: Settings, address: str) -> str:
    parts = _split(address)
    if parts is None or parts.scheme not in _SCHEMES:
        raise Invalid(f"{address[:300]} is no http, https or s3 address.", field="url")
    if parts.username or parts.password or parts.fragment:
        raise Invalid("A URL must have no user, password or fragment.", field="url")
    if not any(_begins(parts, _split(prefix)) for prefix in allowed_urls(settings)):
        names = ", ".join(allowed_urls(settings)) or "none"
        raise Invalid(
            f"{address[:300]} is not among the addresses that may be imported from ({names}: setting "
            "LABELBUDDY_IMPORT_URLS).",
            field="url",
        )
    return address


def _begins(parts: SplitResult, prefix: SplitResult | None) -> bool:
    if prefix is None or (parts.scheme, parts.hostname, _port(parts)) != (
        prefix.scheme,
        prefix.hostname,
        _port(prefix),
    ):
        return False
    path = unquote(parts.path).replace("\\", "/")
    if posixpath.normpath(path).rstrip("/") != path.rstrip("/") and path not in ("", "/"):
        return False  # `..` and the like: where such a path leads is the server's to say
    within = unquote(prefix.path).rstrip("/") + "/"
    return path.startswith(within) or within == "/"


def _port(parts: SplitResult) -> int | None:
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _split(address: str) -> SplitResult | None:
    if any(one.isspace() or not one.isprintable() for one in address):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port  # reading it checks it
    except ValueError:
        return None
    return parts if parts.hostname else None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
