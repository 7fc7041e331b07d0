"""A model's application asked without a server: what `serving.contract.check` needs, in the same process."""

from __future__ import annotations

import io
from typing import Any

from model_containers.serving.model import Model
from model_containers.serving.server import create_app


class AppSession:
    """`session(method, path, files=…, data=…)` as `requests` has it."""

    def __init__(self, model: Model) -> None:
        self._client = create_app(model).test_client()

    def __call__(self, method: str, path: str, files: Any = None, data: Any = None) -> Any:
        if isinstance(data, bytes):
            return _Reply(self._client.open(path, method=method, data=data))
        fields = {name: (io.BytesIO(content), file) for name, (file, content) in (files or {}).items()}
        return _Reply(self._client.open(path, method=method, data={**(data or {}), **fields} or None))


class _Reply:
    def __init__(self, response: Any) -> None:
        self.status_code, self.headers, self._response = response.status_code, response.headers, response

    def json(self) -> Any:
        return self._response.get_json(force=True)
