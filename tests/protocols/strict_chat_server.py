"""A chat server that checks requests and makes answers with the openai library's types; run where that is installed.

It "hears" the duration of the audio, and thinks in the form that the prompt names.
"""

import base64
import io
import json
import sys
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from pydantic import ConfigDict, TypeAdapter, ValidationError

STRICT = ConfigDict(extra="forbid")
for params in (CompletionCreateParamsNonStreaming, CompletionCreateParamsStreaming):
    params.__pydantic_config__ = STRICT
HEAD = {"id": "c1", "created": 1, "model": "tiny@main"}
USAGE = {"prompt_tokens": 50, "completion_tokens": 7, "total_tokens": 57}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        if self.path == "/health":
            return self.reply(200, b"")
        return self.reply(200, json.dumps({"object": "list", "data": [{"id": "tiny"}]}).encode())

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = CompletionCreateParamsStreaming if body.get("stream") else CompletionCreateParamsNonStreaming
        try:
            TypeAdapter(kind).validate_python(body)
        except ValidationError as error:
            return self.reply(400, json.dumps({"error": {"message": str(error)[:250]}}).encode())
        text, sound = body["messages"][-1]["content"]
        with wave.open(io.BytesIO(base64.b64decode(sound["input_audio"]["data"]))) as audio:
            seconds = audio.getnframes() / audio.getframerate()
        message, reason = self.say(text["text"], f"A tone of {seconds:.0f} s."), "stop"
        if "cut off" in text["text"]:
            message, reason = {"content": "A tone of"}, "length"
        if body.get("stream"):
            return self.stream(message, reason)
        choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", **message}, "logprobs": None}
        answer = ChatCompletion(**HEAD, object="chat.completion", choices=[choice], usage=USAGE)
        return self.reply(200, answer.model_dump_json().encode())

    def say(self, prompt, answer):
        if "say: " in prompt:
            return {"content": prompt.partition("say: ")[2].partition("\n")[0]}
        if "field reasoning_content" in prompt:
            return {"content": answer, "reasoning_content": "I hear 200 Hz."}
        if "field reasoning" in prompt:
            return {"content": answer, "reasoning": "I hear 200 Hz."}
        if "open tag" in prompt:
            return {"content": f"I hear 200 Hz.</think>\n\n{answer}"}
        if "tags of thought" in prompt:
            return {"content": f"<think>\nI hear 200 Hz.\n</think>\n\n{answer}"}
        if "harmony" in prompt:
            thought = "<|channel|>analysis<|message|>I hear 200 Hz.<|end|><|start|>assistant"
            return {"content": f"{thought}<|channel|>final<|message|>{answer}<|return|>"}
        return {"content": answer}

    def stream(self, message, reason):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b": a comment\n\n")
        for name, text in message.items():
            for place in range(0, len(text), 5):
                self.event({"delta": {name: text[place : place + 5]}, "finish_reason": None})
        self.event({"delta": {}, "finish_reason": reason})
        self.wfile.write(b"data: [DONE]\n\n")

    def event(self, choice):
        chunk = ChatCompletionChunk(**HEAD, object="chat.completion.chunk", choices=[{"index": 0, **choice}])
        self.wfile.write(f"data: {chunk.model_dump_json()}\r\n\r\n".encode())

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
