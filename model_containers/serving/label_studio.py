"""Serve Label Studio besides: its tasks name audio by URL, and our answer goes out as its `result`.

Label Studio calls `/setup` with its address and a token, `/predict` with tasks, `/webhook` and `/versions`. Audio is
fetched from that address, from `data:` URLs and from the hosts in `LABELBUDDY_AUDIO_HOSTS` (comma-separated patterns)
only, with a limit on time and size, without redirects; the token goes to Label Studio's own address only.
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import io
import os
import urllib.request
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit

from model_containers.serving.model import Answer

_FETCH_SECONDS = 60.0
_MAX_CONFIG = 256 * 1024
_BLOCK = 2**20


class UnusableTaskError(ValueError):
    """A task or labeling config that cannot be answered; the message says why."""


@dataclass(frozen=True)
class Control:
    """A tag of the labeling config that takes an answer: its kind, name, and the audio that it belongs to."""

    kind: str
    name: str
    to_name: str


@dataclass(frozen=True)
class LabelingConfig:
    """What of a labeling config is needed: the task's key of the audio, and one control of each kind."""

    audio_key: str
    controls: dict[str, Control]


class Studio:
    """What Label Studio said at `/setup`: where it is, and a token for its files."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._address = ""
        self._token = ""
        self._config = ""

    def set_up(self, request: dict[str, Any]) -> None:
        """Keep address, token and labeling config of a `/setup` request. Raises `UnusableTaskError`."""
        config = request.get("schema") or ""
        read_config(config)
        self._config = config
        self._address = str(request.get("hostname") or "").rstrip("/")
        self._token = str(request.get("access_token") or "")

    def config_of(self, request: dict[str, Any]) -> LabelingConfig:
        """The labeling config of a `/predict` request, else the one of `/setup`."""
        return read_config(request.get("label_config") or self._config)

    def open_audio(self, task: Any, config: LabelingConfig) -> BinaryIO:
        """The audio of a task, in memory. Raises `UnusableTaskError`."""
        data = task.get("data") if isinstance(task, dict) else None
        url = data.get(config.audio_key) if isinstance(data, dict) else None
        if not isinstance(url, str) or not url:
            raise UnusableTaskError(f"The task has no audio at data.{config.audio_key}")
        if url.startswith("data:"):
            return io.BytesIO(self._decoded(url))
        if url.startswith("/"):
            if not self._address:
                raise UnusableTaskError(f"{url!r} is a path of Label Studio, which gave no hostname at /setup")
            url = urljoin(self._address + "/", url)
        return io.BytesIO(self._fetched(url))

    def _decoded(self, url: str) -> bytes:
        head, comma, body = url.partition(",")
        if not comma or not head.endswith(";base64"):
            raise UnusableTaskError("A data: URL must be base64")
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error:
            raise UnusableTaskError("The data: URL is not valid base64") from None

    def _fetched(self, url: str) -> bytes:
        parts = urlsplit(url)
        host = parts.hostname or ""
        ours = bool(self._address) and (parts.scheme, parts.netloc) == urlsplit(self._address)[:2]
        patterns = [one.strip() for one in os.environ.get("LABELBUDDY_AUDIO_HOSTS", "").split(",") if one.strip()]
        if parts.scheme not in ("http", "https"):
            raise UnusableTaskError(f"Audio is fetched by http or https, not {parts.scheme!r}")
        if not ours and not any(fnmatch.fnmatch(host, pattern) for pattern in patterns):
            raise UnusableTaskError(f"The host {host!r} is neither Label Studio's nor in LABELBUDDY_AUDIO_HOSTS")
        headers = {"Authorization": f"Token {self._token}"} if ours and self._token else {}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme was checked
        try:
            with _OPENER.open(request, timeout=_FETCH_SECONDS) as response:
                held = bytearray()
                while block := response.read(_BLOCK):
                    held += block
                    if len(held) > self._max_bytes:
                        raise UnusableTaskError(f"The audio is larger than {self._max_bytes // 1024**2} MB")
                return bytes(held)
        except HTTPError as error:
            raise UnusableTaskError(f"The audio at {host!r} was answered with status {error.code}") from None
        except (URLError, OSError) as error:
            raise UnusableTaskError(f"The audio at {host!r} cannot be fetched ({type(error).__name__})") from None


def read_config(text: Any) -> LabelingConfig:
    """The parts of a labeling config that are needed. Raises `UnusableTaskError` where there is no audio."""
    if not isinstance(text, str) or len(text) > _MAX_CONFIG or "<!" in text.replace("<!--", ""):
        raise UnusableTaskError("The labeling config must be XML without a document type, of at most 256 KB")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - document types, and so entities, were refused
    except ElementTree.ParseError as error:
        raise UnusableTaskError(f"The labeling config is not XML: {error}") from None
    audio = next((one for one in root.iter() if one.tag in ("Audio", "AudioPlus")), None)
    if audio is None:
        raise UnusableTaskError("The labeling config has no <Audio> tag")
    controls: dict[str, Control] = {}
    for one in root.iter():
        if one.tag in ("Labels", "Choices", "TextArea") and one.get("toName") == audio.get("name"):
            controls.setdefault(one.tag, Control(one.tag, one.get("name") or "", one.get("toName") or ""))
    return LabelingConfig((audio.get("value") or "$audio").lstrip("$"), controls)


def prediction(answer: Answer, config: LabelingConfig, duration: float, version: str) -> dict[str, Any]:
    """An answer as Label Studio's prediction; what the config has no control for is left out."""
    results: list[dict[str, Any]] = []

    def add(kind: str, value: dict[str, Any], **more: Any) -> None:
        control = config.controls.get(kind)
        if control is not None:
            name = {"Labels": "labels", "Choices": "choices", "TextArea": "textarea"}[kind]
            results.append(
                {"from_name": control.name, "to_name": control.to_name, "type": name, "value": value, **more}
            )

    for number, region in enumerate(answer.regions):
        value = {"start": region.start, "end": region.end, "channel": 0, "labels": [region.label]}
        add("Labels", value, id=f"lb{number}", original_length=duration, score=region.score)
    if answer.tags:
        best = max(tag.score for tag in answer.tags)
        add("Choices", {"choices": [tag.label for tag in answer.tags]}, id="lbtags", score=best)
    texts = [str(one["text"]) for one in answer.text if one.get("text")]
    if texts:
        add("TextArea", {"text": texts}, id="lbtext")
    scores = [one["score"] for one in results if "score" in one]
    score = sum(scores) / len(scores) if scores else 0.0
    return {"result": results, "score": score, "model_version": version}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
