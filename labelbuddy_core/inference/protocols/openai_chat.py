"""Servers of audio-language models in OpenAI's form (vLLM, llama.cpp, transformers serve): audio in, words out."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.chat_questions import answer_of, question
from labelbuddy_core.inference.protocols.health import health
from labelbuddy_core.inference.protocols.listed_models import first_listed
from labelbuddy_core.inference.protocols.reasoning import split_reasoning
from labelbuddy_core.inference.protocols.transport import Transport
from labelbuddy_core.inference.specification import Chat, Specification

_THOUGHTS = ("reasoning_content", "reasoning")
_PATH = "/v1/chat/completions"
_MAX_REASONING = 4000


@dataclass
class _Completion:
    """What a server answered, whole or put together from a stream."""

    text: str = ""
    thought: str = ""
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None
    model: str = ""


class ChatClient:
    """Asks one server by `POST /v1/chat/completions`."""

    def __init__(self, endpoint: Endpoint, specification: Specification) -> None:
        self._transport = Transport(endpoint)
        self._specification = specification
        self._chat = specification.chat or Chat.model_validate({})

    def health(self) -> dict[str, Any]:
        """{status, detail}; raises `ModelProblem` when nothing answers."""
        return health(self._transport)

    def info(self) -> dict[str, Any]:
        """{name}: the first model that the server lists."""
        return {"name": first_listed(self._transport, "chat.model")}

    def predict(self, audio: Path, options: dict[str, Any]) -> dict[str, Any]:
        """Ask the specification's question about a WAV or FLAC file; `reasoning`, `usage` and `notes` come besides."""
        request = self._request(audio)
        completion = self._streamed(request) if self._chat.stream else self._whole(request)
        thought, text = split_reasoning(completion.text, self._chat.reasoning)
        thought = "\n".join(part for part in (completion.thought.strip(), thought) if part)
        cut_off = completion.finish_reason == "length"
        if cut_off and not text:
            raise ModelProblem(
                f"The model used all {self._chat.max_tokens} tokens before it answered: raise chat.max_tokens."
            )
        answer = answer_of(self._specification, text)
        notes = list(answer.pop("notes", []))
        if cut_off:
            notes.append(f"The answer was cut off after {self._chat.max_tokens} tokens; raise chat.max_tokens.")
        if completion.usage:
            notes.append(_usage_note(completion.usage))
        return {
            **answer,
            "model": completion.model,
            "reasoning": thought[:_MAX_REASONING],
            "usage": completion.usage or {},
            "notes": notes,
        }

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _request(self, audio: Path) -> dict[str, Any]:
        chat = self._chat
        sound = {
            "data": base64.b64encode(audio.read_bytes()).decode(),
            "format": "flac" if audio.suffix == ".flac" else "wav",
        }
        content = [
            {"type": "text", "text": question(self._specification, chat.prompt)},
            {"type": "input_audio", "input_audio": sound},
        ]
        system = [{"role": "system", "content": chat.system}] if chat.system else []
        return {
            "model": chat.model or first_listed(self._transport, "chat.model"),
            "messages": [*system, {"role": "user", "content": content}],
            "max_tokens": chat.max_tokens,
            "temperature": chat.temperature,
            **({} if chat.seed is None else {"seed": chat.seed}),
            "stream": chat.stream,
        }

    def _whole(self, request: dict[str, Any]) -> _Completion:
        answer = self._transport.post_json(_PATH, request, timeout=self._transport.timeout_seconds)
        completion = _Completion()
        choice = _choice(answer)
        message = choice.get("message") if choice else None
        if choice is None or not isinstance(message, dict):
            raise ModelProblem("The server's answer has no choices[0].message; is it a chat completion server?")
        _add(completion, answer, choice, message)
        return completion

    def _streamed(self, request: dict[str, Any]) -> _Completion:
        completion = _Completion()
        ended = False
        for line in self._transport.lines(_PATH, request, timeout=self._transport.timeout_seconds):
            if not line.startswith(b"data:"):
                if line.startswith(b"{"):  # a server that does not stream
                    return self._whole({**request, "stream": False})
                continue
            data = line[5:].strip()
            if data == b"[DONE]":
                ended = True
                break
            event = _event(data)
            choice = _choice(event)
            delta = choice.get("delta") if choice else None
            _add(completion, event, choice or {}, delta if isinstance(delta, dict) else {})
        if not ended and completion.finish_reason is None:
            raise ModelProblem("The server's stream broke off before the answer was complete.")
        return completion


def _event(data: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(data)
    except orjson.JSONDecodeError:
        start = data[:80].decode("utf-8", "replace")
        raise ModelProblem(f"An event of the server's stream is not JSON: {start!r}") from None
    if not isinstance(event, dict):
        raise ModelProblem("An event of the server's stream is not a JSON object.")
    if "error" in event:
        error = event["error"]
        said = error.get("message") if isinstance(error, dict) else error
        raise ModelProblem(f"The server broke off: {str(said)[:300]}")
    return event


def _choice(answer: dict[str, Any]) -> dict[str, Any] | None:
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else None


def _add(completion: _Completion, answer: dict[str, Any], choice: dict[str, Any], message: dict[str, Any]) -> None:
    completion.text += _words(message.get("content"))
    completion.thought += next((_words(message[name]) for name in _THOUGHTS if message.get(name)), "")
    completion.finish_reason = choice.get("finish_reason") or completion.finish_reason
    completion.usage = answer["usage"] if isinstance(answer.get("usage"), dict) else completion.usage
    completion.model = str(answer.get("model") or completion.model)


def _words(content: Any) -> str:
    """Content is text, or a list of parts of which those with text count."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return ""


def _usage_note(usage: dict[str, Any]) -> str:
    return f"Tokens: {usage.get('prompt_tokens', '?')} asked, {usage.get('completion_tokens', '?')} answered."
