"""A model server for the tests, standard library only; its argument says how it misbehaves."""

from __future__ import annotations

import json
import os
import socketserver
import sys
import time
from http.server import BaseHTTPRequestHandler

MOOD = sys.argv[1]
GOOD = {"model": "odd", "version": "1", "duration": 1, "regions": [{"start": 0, "end": 1, "label": "x", "score": 0.5}]}


class Handler(BaseHTTPRequestHandler):
    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        status = "failed" if MOOD == "failed" else "ready"
        self.answer(200, json.dumps({"status": status, "detail": "no file"}).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if MOOD == "dies":
            os._exit(3)
        if MOOD == "late":
            time.sleep(30)
        if MOOD == "huge":
            self.send_response(200)
            self.end_headers()
            for _ in range(1024):
                self.wfile.write(b"x" * 1024 * 1024)
            return
        if MOOD == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
            return
        bodies = {"garbage": b"<html>", "list": b"[1]", "error": b'{"detail": "no"}'}
        self.answer(500 if MOOD == "error" else 200, bodies.get(MOOD, json.dumps(GOOD).encode()))

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


if __name__ == "__main__":
    if MOOD == "crash":
        sys.exit("I cannot start")
    Server(os.environ["LABELBUDDY_SOCKET"], Handler).serve_forever()
