"""Short-lived addresses under which a model's server fetches one stretch of a recording, without a session."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from labelbuddy_core.audio.excerpt import write_excerpt_isolated
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.errors import Forbidden
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.recordings.originals import local_original
from labelbuddy_core.settings import Settings, get_settings

_MARGIN_SECONDS = 60.0
"""How long an address lives beyond the longest time of a prediction: the backend may fetch late."""


def model_options(
    specification: Specification, sha256: str, start: float, stop: float, labels: list[str]
) -> dict[str, Any]:
    """What a Label Studio backend is told beside the audio: the address it may fetch `start` to `stop` (s) from, and
    the project's labels; nothing for other protocols."""
    if specification.protocol != "label-studio":
        return {}
    url = audio_url(specification, sha256, start, stop)
    return {"labels": labels, **({"audio_url": url} if url else {})}


def audio_url(specification: Specification, sha256: str, start: float, stop: float) -> str | None:
    """The signed address, or None where the server could not reach us: no setting says how, or it has no network."""
    settings = get_settings()
    reaches_us = specification.endpoint is not None or specification.transport == "tcp"
    if not settings.audio_url or not reaches_us:
        return None
    wanted = specification.input_schema
    expires = int(time.time() + specification.resources.timeout_seconds + _MARGIN_SECONDS)
    query: dict[str, str] = {"sha256": sha256, "start": repr(start), "stop": repr(stop), "expires": str(expires)}
    if wanted.sample_rate:
        query["sample_rate"] = str(wanted.sample_rate)
    if wanted.channels:
        query["channels"] = str(wanted.channels)
    signature = _signature(settings, wanted.audio, query)
    base = settings.audio_url.rstrip("/")
    return f"{base}/api/v1/signed/audio.{wanted.audio}?{urlencode({**query, 'signature': signature})}"


def signed_excerpt(kind: str, query: dict[str, str]) -> Path:
    """A file of its own, which the caller deletes, with the stretch that a signed address names.

    Raises `Forbidden` for an address that we did not sign or that has expired, `NotFound` when the audio is gone.
    """
    settings = get_settings()
    given = {name: value for name, value in query.items() if name != "signature"}
    signature = query.get("signature", "").encode()
    if not hmac.compare_digest(_signature(settings, kind, given).encode(), signature):
        raise Forbidden("This address was not signed by this installation.")
    if time.time() > int(given["expires"]):
        raise Forbidden("This address has expired; ask for a new prediction.")
    work = settings.data / "work"
    work.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=work, prefix="signed-", suffix=f".{kind}")
    os.close(handle)
    target = Path(name)
    try:
        with tempfile.TemporaryDirectory(dir=work, prefix="signed-") as folder:
            write_excerpt_isolated(
                local_original(open_store(settings), given["sha256"], Path(folder)),
                target,
                float(given["start"]),
                float(given["stop"]),
                sample_rate=int(given["sample_rate"]) if "sample_rate" in given else None,
                channels=int(given["channels"]) if "channels" in given else None,
                timeout=settings.decode_timeout,
                memory_bytes=settings.decode_memory_bytes,
            )
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target


def _signature(settings: Settings, kind: str, query: dict[str, str]) -> str:
    said = urlencode([("kind", kind), *sorted(query.items())])
    return hmac.new(_key(settings), said.encode(), hashlib.sha256).hexdigest()


def _key(settings: Settings) -> bytes:
    """The setting, else a random key in the data folder, which all processes of this machine share."""
    if settings.signing_key:
        return settings.signing_key.encode()
    path = settings.data / "signing.key"
    if not path.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=settings.data, prefix=".signing-")
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(32).encode())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)  # whoever comes second keeps the first one's key
        Path(name).unlink()
    return path.read_bytes()
