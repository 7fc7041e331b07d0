"""Servers of text embeddings in OpenAI's form (text-embeddings-inference, vLLM, llama.cpp, ollama): text to vector.

`POST /v1/embeddings {model, input: [text, …], encoding_format: float}` is answered by `{data: [{index, embedding}]}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.health import health
from labelbuddy_core.inference.protocols.listed_models import first_listed
from labelbuddy_core.inference.protocols.transport import Transport
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.inference.specification_parts import TextEmbeddings

MAX_DIMENSIONS = 8192
_PATH = "/v1/embeddings"


class TextEmbeddingClient:
    """Asks one server for vectors of texts."""

    def __init__(self, endpoint: Endpoint, specification: Specification) -> None:
        self._transport = Transport(endpoint)
        self._asked = specification.embeddings or TextEmbeddings.model_validate({})
        self.answered_by = ""
        """The model that answered last, by the server's own word, else the name that it was asked under."""

    def health(self) -> dict[str, Any]:
        """{status, detail}; raises `ModelProblem` when nothing answers."""
        return health(self._transport)

    def info(self) -> dict[str, Any]:
        """{name}: the first model that the server lists."""
        return {"name": first_listed(self._transport, "embeddings.model")}

    def predict(self, audio: Path, options: dict[str, Any]) -> dict[str, Any]:
        """It hears nothing: raises `ModelProblem`."""
        raise ModelProblem("This model gives vectors of texts; it cannot be asked about audio.")

    def embed_texts(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """A row of length one for each text (Euclidean norm), in their order; at most `embeddings.batch` at a time.

        Raises `ModelProblem` when the answer has another form: a missing or doubled text, or vectors that are no
        rows of finite numbers of one length.
        """
        asked = self._asked
        model = asked.model or first_listed(self._transport, "embeddings.model")
        rows: list[npt.NDArray[np.float64]] = []
        for start in range(0, len(texts), asked.batch):
            rows.extend(self._embed(model, [asked.prefix + text for text in texts[start : start + asked.batch]]))
        if len({row.size for row in rows}) > 1:
            raise ModelProblem("The server's vectors differ in length.")
        return np.array(rows, dtype=np.float32)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _embed(self, model: str, texts: list[str]) -> list[npt.NDArray[np.float64]]:
        request: dict[str, Any] = {"model": model, "input": texts, "encoding_format": "float"}
        if self._asked.dimensions is not None:
            request["dimensions"] = self._asked.dimensions
        answer = self._transport.post_json(_PATH, request, timeout=self._transport.timeout_seconds)
        data = answer.get("data")
        if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
            raise ModelProblem("The server's answer has no list `data` of objects; is it a server of embeddings?")
        found: dict[int, npt.NDArray[np.float64]] = {}
        for place, one in enumerate(data):
            index = one.get("index", place)
            if not isinstance(index, int) or not 0 <= index < len(texts) or index in found:
                raise ModelProblem(f"The server's answer has a wrong data[{place}].index: {index!r}.")
            found[index] = _unit(one.get("embedding"), place)
        if len(found) != len(texts):
            raise ModelProblem(f"The server was asked about {len(texts)} texts and answered {len(found)}.")
        said = answer.get("model")
        self.answered_by = said if isinstance(said, str) and said else model
        return [found[place] for place in range(len(texts))]


def _unit(values: Any, place: int) -> npt.NDArray[np.float64]:
    where = f"data[{place}].embedding"
    try:
        vector = np.array(values) if isinstance(values, list) else None
    except ValueError:  # rows of different lengths
        vector = None
    if vector is None or vector.ndim != 1 or vector.dtype.kind not in "if" or not np.isfinite(vector).all():
        raise ModelProblem(f"The server's {where} is not a list of finite numbers.")
    if not 1 <= vector.size <= MAX_DIMENSIONS:
        raise ModelProblem(f"The server's {where} has {vector.size} numbers; 1 to {MAX_DIMENSIONS} are accepted.")
    length = float(np.linalg.norm(vector))
    if length == 0.0:
        raise ModelProblem(f"The server's {where} is nothing but zeros.")
    return vector.astype(np.float64) / length
