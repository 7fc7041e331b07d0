"""A model for the tests, standard library only, on the socket or port it is told: `answering_model.py LOG [MOOD]`.

It notes the length of every sound it is asked about in LOG, one line each, and answers one region whose label and score
follow from the sound: the same sound always gives the same answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socketserver
import sys
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

LOG = Path(sys.argv[1])
MOOD = sys.argv[2] if len(sys.argv) > 2 else "good"
LABELS = ("speech", "music", "siren", "dog")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.answer({"status": "ready", "detail": ""})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sound = body[body.index(b"RIFF") :]
        (length,) = re.findall(rb"RIFF(....)WAVE", sound, re.S)
        size = int.from_bytes(length, "little") + 8
        with LOG.open("a") as log:
            log.write(f"{os.getpid()} {size} {self.path}\n")
        if self.path == "/embed":
            seed = hashlib.sha256(sound[44:size]).digest()
            rows = [
                {
                    "start": place / 2,
                    "end": place / 2 + 0.5,
                    "vector": [value / 255 for value in seed[place : place + 8]],
                }
                for place in range(2)
            ]
            version = {"model": "answering", "version": "1"}
            self.answer({**version, "dimensions": 8, "embeddings": rows if MOOD != "garbled" else [{"vector": "x"}]})
            return
        if MOOD == "slow":
            time.sleep(0.05)
        if MOOD == "pondering":
            time.sleep(1.5)
        if MOOD == "fails":
            self.answer({"detail": "the weights do not fit"}, 500)
            return
        if MOOD == "points":
            points = [
                {"time": 0.5, "label": "dog", "score": 0.75},
                {"time": 0.25, "label": "siren", "position": 1},
                {"time": 0.75, "label": "whale"},
            ]
            self.answer({"model": "answering", "version": "1", "points": points})
            return
        seed = hashlib.sha256(sound[44:size]).digest()
        region = {"start": 0.25, "end": 0.75, "label": LABELS[seed[0] % 4], "score": round(seed[1] / 255, 3)}
        tags = [{"label": LABELS[seed[2] % 4], "score": round(seed[3] / 255, 3)}]
        self.answer({"model": "answering", "version": "1", "regions": [region], "tags": tags, "text": [{"text": "A."}]})

    def answer(self, value: dict[str, object], status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class OnSocket(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class OnPort(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


if __name__ == "__main__":
    if "LABELBUDDY_SOCKET" in os.environ:
        OnSocket(os.environ["LABELBUDDY_SOCKET"], Handler).serve_forever()
    server = OnPort(("127.0.0.1", int(os.environ.get("PORT", "0"))), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
