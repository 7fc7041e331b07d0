"""Ask a running model over HTTP: on a Unix socket or TCP, with limits on time and size, never following redirects."""

from __future__ import annotations

import http.client
import re
import socket
from pathlib import Path
from typing import Any

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.filepost import encode_multipart_formdata

from labelbuddy_core.errors import ModelGone, ModelProblem, ModelUntrusted
from labelbuddy_core.inference.endpoint import Endpoint

MAX_ANSWER_BYTES = 64 * 1024**2
_HEALTH_SECONDS = 5.0


class ModelClient:
    """Speaks the container contract with one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._session = open_session(endpoint)

    def health(self) -> dict[str, Any]:
        """{status, detail}; raises `ModelProblem` when nothing answers."""
        return self._ask("GET", "/health", timeout=_HEALTH_SECONDS)

    def info(self) -> dict[str, Any]:
        """What the model says about itself."""
        return self._ask("GET", "/info", timeout=_HEALTH_SECONDS)

    def predict(self, audio: Path, options: dict[str, Any]) -> dict[str, Any]:
        """The raw answer for a WAV or FLAC file."""
        body, kind = encode_multipart_formdata(
            {"audio": (audio.name, audio.read_bytes(), "application/octet-stream"), "options": orjson.dumps(options)}
        )
        timeout = self._endpoint.timeout_seconds
        return self._ask("POST", "/predict", timeout=timeout, data=body, headers={"Content-Type": kind})

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _ask(self, method: str, path: str, *, timeout: float, headers: Any = None, data: Any = None) -> dict[str, Any]:
        try:
            with self._session.request(
                method,
                self._endpoint.url + path,
                data=data,
                headers={**self._endpoint.headers, **(headers or {})},
                timeout=(10.0, timeout),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _limited(response)
        except requests.Timeout:
            raise ModelProblem(
                f"The model did not answer within {timeout:.0f} s. Raise resources.timeout_seconds, or send less audio."
            ) from None
        except requests.exceptions.SSLError as error:
            raise ModelUntrusted(
                f"The certificate of {self._endpoint.url} is not trusted ({_reason(error)}). Let "
                "LABELBUDDY_ENDPOINT_CERTIFICATES name the file of the authority that signed it."
            ) from None
        except (requests.RequestException, http.client.HTTPException, OSError) as error:
            raise ModelGone(f"The model cannot be reached ({type(error).__name__}). It may have stopped.") from None
        return _checked(response.status_code, body)


def open_session(endpoint: Endpoint) -> requests.Session:
    """A session that reaches the endpoint, on its Unix socket where it has one, and uses no proxies."""
    session = requests.Session()
    session.trust_env = False
    session.verify = endpoint.certificates or True
    if endpoint.socket is not None:
        session.mount("http://", _SocketAdapter(endpoint.socket))
    return session


def _reason(error: Exception) -> str:
    found = re.search(r"certificate verify failed: ([^(\"']+)", str(error))
    return found[1].strip() if found else type(error).__name__


def _limited(response: requests.Response) -> bytes:
    held = bytearray()
    for chunk in response.iter_content(256 * 1024):
        held += chunk
        if len(held) > MAX_ANSWER_BYTES:
            raise ModelProblem(f"The model's answer is larger than {MAX_ANSWER_BYTES // 1024**2} MB and was refused.")
    return bytes(held)


def _checked(status: int, body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        start = body[:80].decode("utf-8", "replace")
        raise ModelProblem(f"The model answered something else than JSON (status {status}): {start!r}") from None
    if not isinstance(answer, dict):
        raise ModelProblem("The model's answer is not a JSON object.")
    if status >= 300:
        raise ModelProblem(f"The model refused (status {status}): {str(answer.get('detail') or answer)[:300]}")
    return answer


class _SocketConnection(HTTPConnection):
    def __init__(self, path: str, timeout: Any = None) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def _new_conn(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else None
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
