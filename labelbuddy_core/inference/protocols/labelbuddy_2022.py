"""The form of 2022: multipart `audio_data`, answered by {"prediction NAME": [[start, end, label], …]} in seconds.

These containers say neither version nor health, and their key names the model in a spelling of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from urllib3.filepost import encode_multipart_formdata

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.health import health
from labelbuddy_core.inference.protocols.transport import Transport

_KEY = "prediction"


class Client2022:
    """Speaks the form of 2022 with one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._transport = Transport(endpoint)

    def health(self) -> dict[str, Any]:
        """{status, detail}; ready as soon as something answers."""
        return health(self._transport)

    def info(self) -> dict[str, Any]:
        """Nothing: these servers say nothing about themselves."""
        return {}

    def predict(self, audio: Path, options: dict[str, Any]) -> dict[str, Any]:
        """The answer in our form; there are no options to send."""
        body, content = encode_multipart_formdata({"audio_data": (audio.name, audio.read_bytes(), "audio/wav")})
        timeout = self._transport.timeout_seconds
        answer = self._transport.ask_json("POST", "/predict", timeout=timeout, data=body, kind=content)
        return {"regions": [_region(row, place) for place, row in enumerate(_rows(answer))]}

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def _rows(answer: dict[str, Any]) -> list[Any]:
    keys = [key for key in answer if key == _KEY or key.startswith(f"{_KEY} ")]
    if len(keys) != 1:
        found = ", ".join(repr(key) for key in answer) or "nothing"
        raise ModelProblem(f'The model must answer {{"prediction NAME": [[start, end, label], …]}}; found {found}.')
    rows = answer[keys[0]]
    if not isinstance(rows, list):
        raise ModelProblem(f"{keys[0]!r} in the model's answer must be a list of [start, end, label].")
    return rows


def _region(row: Any, place: int) -> dict[str, Any]:
    if not isinstance(row, list) or len(row) != 3:
        raise ModelProblem(f"Row {place + 1} of the model's answer is not [start, end, label]: {str(row)[:80]}")
    start, end, label = row
    return {"start": _seconds(start), "end": _seconds(end), "label": label}


def _seconds(value: Any) -> Any:
    """Some of these containers write numbers as text."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value
