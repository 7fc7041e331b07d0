"""OpenAI's form of a conversation for audio-language models: messages with `input_audio` in, words out."""

from __future__ import annotations

import base64
import binascii
import io
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

from model_containers.serving.audio import UnreadableAudioError, read_mono
from model_containers.serving.model import ChatMessage, ChatOptions, Samples
from model_containers.serving.thinking import Separator

_ROLES = ("system", "developer", "user", "assistant")
_DEFAULT_TOKENS = 512
_LARGEST_SEED = 2**63 - 1


class UnusableChatError(ValueError):
    """A request that is no conversation; the message names the part that is wrong."""


def messages_of(request: Any, sample_rate: int, max_seconds: float) -> list[ChatMessage]:
    """The conversation of a request, its audio as mono samples at `sample_rate` (Hz). Raises `UnusableChatError`."""
    messages = request.get("messages") if isinstance(request, dict) else None
    if not isinstance(messages, list) or not messages:
        raise UnusableChatError("messages must be a list of at least one message")
    return [_message(one, f"messages.{place}", sample_rate, max_seconds) for place, one in enumerate(messages)]


def options_of(request: dict[str, Any]) -> ChatOptions:
    """Limits of the answer. Raises `UnusableChatError`."""
    tokens = request.get("max_completion_tokens") or request.get("max_tokens") or _DEFAULT_TOKENS
    if isinstance(tokens, bool) or not isinstance(tokens, int) or tokens < 1:
        raise UnusableChatError("max_tokens must be a whole number from 1 on")
    temperature = request.get("temperature") or 0.0
    if isinstance(temperature, bool) or not isinstance(temperature, int | float) or not 0 <= temperature <= 2:
        raise UnusableChatError("temperature must be a number from 0 to 2")
    top_p = 1.0 if request.get("top_p") is None else request["top_p"]
    if isinstance(top_p, bool) or not isinstance(top_p, int | float) or not 0 < top_p <= 1:
        raise UnusableChatError("top_p must be a number above 0, at most 1")
    seed = request.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= _LARGEST_SEED):
        raise UnusableChatError(f"seed must be a whole number from 0 to {_LARGEST_SEED}")
    return ChatOptions(tokens, float(temperature), float(top_p), seed)


def completion(name: str, pieces: Iterator[str], options: ChatOptions) -> dict[str, Any]:
    """The whole answer; thoughts in `reasoning_content`, as vLLM has it."""
    said = list(_limited(pieces, options))
    separator = Separator()
    told = {"content": "", "reasoning_content": ""}
    for part in [part for piece in said for part in separator.take(piece)] + separator.rest():
        told[part.field] += part.text
    thought = {"reasoning_content": told["reasoning_content"].strip()} if told["reasoning_content"].strip() else {}
    message = {"role": "assistant", "content": told["content"], **thought}
    choice = {"index": 0, "message": message, "finish_reason": _reason(len(said), options), "logprobs": None}
    return {**_head(name, "chat.completion"), "choices": [choice]}


def events(name: str, pieces: Iterator[str], options: ChatOptions) -> Iterator[str]:
    """The answer as server-sent events, a piece each; thoughts in `reasoning_content`."""
    head = _head(name, "chat.completion.chunk")
    separator = Separator()
    count, role = 0, {"role": "assistant"}

    def event(delta: dict[str, str], reason: str | None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return f"data: {json.dumps({**head, 'choices': [choice]})}\n\n"

    try:
        for piece in _limited(pieces, options):
            count += 1
            for part in separator.take(piece):
                yield event({**role, part.field: part.text}, None)
                role = {}
    except Exception as error:  # the status is sent already: only the stream can say it
        yield f"data: {json.dumps({'error': {'message': f'{type(error).__name__}: {error}'}})}\n\n"
        return
    for part in separator.rest():
        yield event({**role, part.field: part.text}, None)
        role = {}
    yield event({}, _reason(count, options))
    yield "data: [DONE]\n\n"


def _limited(pieces: Iterator[str], options: ChatOptions) -> Iterator[str]:
    for _, piece in zip(range(options.max_tokens), pieces, strict=False):
        yield piece


def _reason(count: int, options: ChatOptions) -> str:
    return "length" if count >= options.max_tokens else "stop"


def _head(name: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": name}


def _message(message: Any, where: str, sample_rate: int, max_seconds: float) -> ChatMessage:
    if not isinstance(message, dict) or message.get("role") not in _ROLES:
        raise UnusableChatError(f"{where}.role must be one of {', '.join(_ROLES)}")
    content = message.get("content")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(parts, list):
        raise UnusableChatError(f"{where}.content must be text or a list of parts")
    texts: list[str] = []
    sounds: list[Samples] = []
    for place, part in enumerate(parts):
        at = f"{where}.content.{place}"
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text" and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif kind == "input_audio":
            sounds.append(_sound(part.get("input_audio"), at, sample_rate, max_seconds))
        else:
            raise UnusableChatError(f"{at} must be a part of type text or input_audio")
    return ChatMessage(message["role"], "\n".join(texts), tuple(sounds))


def _sound(value: Any, where: str, sample_rate: int, max_seconds: float) -> Samples:
    data = value.get("data") if isinstance(value, dict) else None
    if not isinstance(data, str):
        raise UnusableChatError(f"{where}.input_audio.data must be base64 text")
    try:
        return read_mono(io.BytesIO(base64.b64decode(data, validate=True)), sample_rate, max_seconds)[0]
    except binascii.Error:
        raise UnusableChatError(f"{where}.input_audio.data is not base64") from None
    except UnreadableAudioError as error:
        raise UnusableChatError(f"{where}.input_audio: {error}") from None
