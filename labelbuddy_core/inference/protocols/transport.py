"""HTTP to a model: on a Unix socket or TCP, with limits on time and size, never following redirects."""

from __future__ import annotations

import http.client
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import requests
from requests.adapters import HTTPAdapter
from requests.utils import super_len
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError, ReadTimeoutError

from labelbuddy_core.errors import DiskFull, ModelGone, ModelProblem, ModelUntrusted
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.upload import Upload

MAX_ANSWER_BYTES = 64 * 1024**2
MAX_FILE_BYTES = 4 * 1024**3
"""Of an answer that is a file."""
_CONNECT_SECONDS = 10.0
_SLOWEST = 125_000.0
"""Bytes a second, at least, of what is on its way (1 Mbit/s)."""
_CHUNK = 256 * 1024
_MOST_DIGITS = 20
"""Of a length; Python does not read numbers of thousands of digits."""
Body = bytes | Upload | BinaryIO


@dataclass(frozen=True)
class Reply:
    """A whole answer; `kind` is its media type without parameters."""

    status: int
    kind: str
    body: bytes


class Transport:
    """Sends requests to one endpoint. Every method raises `ModelProblem` when the server does not answer properly."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._session = open_session(endpoint)

    @property
    def timeout_seconds(self) -> float:
        """Longest time for one prediction."""
        return self._endpoint.timeout_seconds

    def ask(
        self,
        method: str,
        path: str,
        *,
        timeout: float,
        data: Body | None = None,
        kind: str = "application/json",
    ) -> Reply:
        """The whole answer, whatever its status; `timeout` is in seconds, for all of it once the question is there."""
        with self._opened(method, path, timeout, data, kind) as (response, deadline):
            body = b"".join(_chunks(response, deadline, timeout))
            media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Reply(response.status_code, media, body)

    def fetch(self, path: str, target: Path, *, timeout: float) -> Reply:
        """Receive a file; of a refusal the whole answer, and no file. Raises `DiskFull` where there is no room."""
        with self._opened("GET", path, timeout, None, "") as (response, deadline):
            if response.status_code != 200:
                return Reply(response.status_code, "", b"".join(_chunks(response, deadline, timeout)))
            deadline += _announced(response) / _SLOWEST
            try:
                with target.open("wb") as file:
                    for chunk in _chunks(response, deadline, timeout, MAX_FILE_BYTES):
                        file.write(chunk)
            except OSError as error:  # of the file: those of the connection are urllib3's
                raise DiskFull(
                    f"What the model gives could not be stored: {error.strerror}. Free space and try again."
                ) from None
            return Reply(response.status_code, "", b"")

    def ask_json(
        self,
        method: str,
        path: str,
        *,
        timeout: float,
        data: Body | None = None,
        kind: str = "application/json",
    ) -> dict[str, Any]:
        """The answer as a JSON object."""
        return checked_object(self.ask(method, path, timeout=timeout, data=data, kind=kind))

    def post_json(self, path: str, value: Any, *, timeout: float) -> dict[str, Any]:
        """Send JSON; the answer as a JSON object."""
        return self.ask_json("POST", path, timeout=timeout, data=orjson.dumps(value))

    def lines(self, path: str, value: Any, *, timeout: float) -> Iterator[bytes]:
        """Send JSON; the lines of the answer as they come, without their ends."""
        with self._opened("POST", path, timeout, orjson.dumps(value), "application/json") as (response, deadline):
            if response.status_code >= 300:
                checked_object(Reply(response.status_code, "", b"".join(_chunks(response, deadline, timeout))))
            held = b""
            for chunk in _chunks(response, deadline, timeout):
                *lines, held = (held + chunk).split(b"\n")
                yield from (line.rstrip(b"\r") for line in lines)
            if held:
                yield held

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @contextmanager
    def _opened(
        self, method: str, path: str, timeout: float, data: Body | None, kind: str
    ) -> Iterator[tuple[requests.Response, float]]:
        headers = {"Accept-Encoding": "identity", **self._endpoint.headers}
        if data is not None:
            headers["Content-Type"] = kind
        deadline = time.monotonic() + timeout + (0 if data is None else super_len(data) / _SLOWEST)
        try:
            with self._session.request(
                method,
                self._endpoint.url + path,
                data=data,
                headers=headers,
                timeout=(_CONNECT_SECONDS, timeout),
                allow_redirects=False,
                stream=True,
            ) as response:
                yield response, deadline
        except (requests.Timeout, ReadTimeoutError, TimeoutError):
            raise _late(timeout) from None
        except requests.exceptions.SSLError as error:
            raise ModelUntrusted(
                f"The certificate of {self._endpoint.url} is not trusted ({_reason(error)}). Let "
                "LABELBUDDY_ENDPOINT_CERTIFICATES name the file of the authority that signed it."
            ) from None
        except (requests.RequestException, HTTPError, http.client.HTTPException, OSError) as error:
            raise ModelGone(f"The model cannot be reached ({type(error).__name__}). It may have stopped.") from None


def open_session(endpoint: Endpoint) -> requests.Session:
    """A session that reaches the endpoint, on its Unix socket where it has one, and uses no proxies."""
    session = _Session()
    session.verify = endpoint.certificates or True
    if endpoint.socket is not None:
        session.mount("http://", _SocketAdapter(endpoint.socket))
    return session


def checked_object(reply: Reply) -> dict[str, Any]:
    """The JSON object of an answer; raises `ModelProblem` for another form, and with the server's words for a refusal.

    A refusal's words are at `detail` (ours), `error` (OpenAI's form, text or object) or `message`.
    """
    if 300 <= reply.status < 400:
        raise ModelProblem(f"The model refused (status {reply.status}): redirects are not followed.")
    try:
        answer = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        start = reply.body[:80].decode("utf-8", "replace")
        raise ModelProblem(f"The model answered something else than JSON (status {reply.status}): {start!r}") from None
    if not isinstance(answer, dict):
        raise ModelProblem("The model's answer is not a JSON object.")
    if reply.status >= 300:
        error = answer.get("error")
        said = error.get("message") if isinstance(error, dict) else error
        words = answer.get("detail") or said or answer.get("message") or answer
        raise ModelProblem(f"The model refused (status {reply.status}): {str(words)[:300]}")
    return answer


def _chunks(
    response: requests.Response, deadline: float, timeout: float, most: int = MAX_ANSWER_BYTES
) -> Iterator[bytes]:
    """Parts as they arrive: a server that trickles must not hold us longer than one that is silent."""
    size = 0
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        if time.monotonic() > deadline:
            raise _late(timeout)
        yield chunk


def _announced(response: requests.Response) -> int:
    """Bytes of a file as the server announces them, at most `MAX_FILE_BYTES`; 0 where it does not."""
    given = response.headers.get("Content-Length", "0").strip()
    if not given.isdecimal():
        raise ModelProblem(f"The model's answer has a Content-Length that is no number: {given[:80]!r}.")
    if len(given) > _MOST_DIGITS or int(given) > MAX_FILE_BYTES:
        raise _too_large(MAX_FILE_BYTES)
    return int(given)


def _too_large(most: int) -> ModelProblem:
    return ModelProblem(f"The model's answer is larger than {most // 1024**2} MB and was refused.")


def _reason(error: Exception) -> str:
    found = re.search(r"certificate verify failed: ([^(\"']+)", str(error))
    return found[1].strip() if found else type(error).__name__


def _late(timeout: float) -> ModelProblem:
    return ModelProblem(
        f"The model did not answer within {timeout:.0f} s. Raise resources.timeout_seconds, or send less audio."
    )


class _Session(requests.Session):
    """Without proxies and passwords of the environment; redirects are answers like others, read within the limits."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class _SocketConnection(HTTPConnection):
    def __init__(self, path: str, timeout: Any = None) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def _new_conn(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else None
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        connection.settimeout(timeout)
        connection.connect(self._path)
        return connection


class _SocketPool(HTTPConnectionPool):
    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def _new_conn(self) -> Any:
        return _SocketConnection(self._path)


class _SocketAdapter(HTTPAdapter):
    def __init__(self, path: str) -> None:
        self._path = path
        super().__init__()

    def get_connection_with_tls_context(self, *_args: Any, **_kwargs: Any) -> Any:
        return _SocketPool(self._path)
