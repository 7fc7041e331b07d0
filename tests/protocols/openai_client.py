"""OpenAI's own client library asks a server about a file, whole and streamed; prints what it understood as JSON."""

import base64
import json
import sys
from pathlib import Path

from openai import OpenAI, UnprocessableEntityError

address, file = sys.argv[1:]
client = OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
(model,) = client.models.list().data
sound = {"data": base64.b64encode(Path(file).read_bytes()).decode(), "format": "wav"}
content = [{"type": "text", "text": "How loud?"}, {"type": "input_audio", "input_audio": sound}]
messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": content}]
whole = client.chat.completions.create(model=model.id, messages=messages)
short = client.chat.completions.create(model=model.id, messages=messages, max_tokens=2)
chunks = list(client.chat.completions.create(model=model.id, messages=messages, stream=True))
try:
    client.chat.completions.create(model=model.id, messages=[{"role": "user", "content": [{"type": "image_url"}]}])
    refused = ""
except UnprocessableEntityError as error:
    refused = error.body["detail"]
found = {
    "model": model.id,
    "whole": whole.choices[0].message.content,
    "reason": whole.choices[0].finish_reason,
    "short": [short.choices[0].message.content, short.choices[0].finish_reason],
    "streamed": [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content],
    "stream_reason": chunks[-1].choices[0].finish_reason,
    "refused": refused,
}
sys.stdout.write(json.dumps(found))
