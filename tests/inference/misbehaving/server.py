"""A model server for the tests; the variable MISDEED says how it misbehaves. It listens as the contract says."""

from __future__ import annotations

import json
import os
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

MISDEED = os.environ.get("MISDEED", "")
REGION = {"start": 0, "end": 1, "label": "x", "score": 0.5}
GOOD = {"model": "misbehaving", "version": "1", "duration": 1, "regions": [REGION]}
INFO = {"name": "misbehaving", "version": "1", "labels": ["x"], "capabilities": ["predict"], "device": "cpu"}
FOREVER = 3600
BEGAN = time.monotonic()
SERVER = os.getpid()


def fork_until_refused() -> None:
    """Children that fork, too, until the limit refuses; they stay, so that the limit stays reached."""
    while True:
        try:
            child = os.fork()
        except BlockingIOError:
            if os.getpid() == SERVER:
                raise
            time.sleep(FOREVER)
        else:
            if child == 0:
                time.sleep(0.01)


def fill_memory() -> None:
    held = []
    while True:
        held.append(bytearray(os.urandom(1024)) * 8192)


def fill(folder: str) -> None:
    with (Path(folder) / "filling").open("wb") as file:
        while True:
            file.write(b"\xff" * 1024 * 1024)
            file.flush()


def probe() -> dict[str, object]:
    """What the code of a model can do in here."""
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    limits = Path("/proc/self/limits").read_text()
    return {
        "given": os.environ.get("GIVEN", ""),
        "capabilities": [status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
        "no_new_privileges": status["NoNewPrivs"],
        "seccomp": status["Seccomp"],
        "user": os.getuid(),
        "group": os.getgid(),
        "groups": os.getgroups(),
        "root_writable": writes("/probe") or writes("/etc/probe") or writes("/usr/probe"),
        "data_writable": writes("/data/probe"),
        "temporary_writable": writes("/tmp/probe"),
        "temporary_executable": executes("/tmp/probe.sh"),
        "network_interfaces": names("/sys/class/net"),
        "reaches": [target for target in (("192.0.2.1", 80), ("172.17.0.1", 22), ("127.0.0.1", 22)) if reaches(target)],
        "mounts": [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()],
        "open_files": next(line.split()[3] for line in limits.splitlines() if line.startswith("Max open files")),
        "docker_socket": Path("/var/run/docker.sock").exists(),
        "devices": names("/dev"),
        "can_mount": mounts(),
        "first_process": Path("/proc/1/comm").read_text().strip(),
        "processes_seen": [name for name in names("/proc") if name.isdigit()],
    }


def tick() -> None:
    """A line now and then, as an honest model writes."""
    while True:
        print("tick", time.time(), flush=True)
        time.sleep(0.2)


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def writes(path: str) -> bool:
    try:
        Path(path).write_text("x")
    except OSError:
        return False
    return True


def executes(path: str) -> bool:
    import subprocess

    Path(path).write_text("#!/bin/sh\nexit 0\n")
    Path(path).chmod(0o755)
    try:
        return subprocess.run([path], check=False).returncode == 0
    except OSError:
        return False


def reaches(target: tuple[str, int]) -> bool:
    import socket

    try:
        socket.create_connection(target, 2).close()
    except ConnectionRefusedError:
        return target[0] != "127.0.0.1"  # refused means that the packet arrived
    except OSError:
        return False
    return True


def mounts() -> bool:
    import ctypes

    return ctypes.CDLL(None).mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if MISDEED == "never-ready":
            self.answer(200, {"status": "starting", "detail": ""})
        elif self.path == "/info":
            contradicting = {**INFO, "version": "2", "labels": ["y"]}
            self.answer(200, contradicting if MISDEED == "contradicts" else INFO)
        elif MISDEED == "stops-answering" and time.monotonic() - BEGAN > 2:
            time.sleep(FOREVER)
        else:
            self.answer(200, {"status": "ready", "detail": ""})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if MISDEED == "huge":
            self.send_response(200)
            self.send_header("Content-Length", str(1024**3))
            self.end_headers()
            for _ in range(1024):
                self.wfile.write(b"x" * 1024 * 1024)
            return
        if MISDEED == "garbage":
            self.answer(200, b"<html>It works</html>")
            return
        if MISDEED == "other-labels":
            self.answer(200, {**GOOD, "regions": [REGION, {**REGION, "label": "never declared"}]})
            return
        try:
            found = self.misbehave()
        except OSError as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            self.answer(500, {"detail": str(error)})
        else:
            self.answer(200, found)

    def misbehave(self) -> dict[str, object]:
        if MISDEED == "forks":
            fork_until_refused()
        if MISDEED == "memory":
            fill_memory()
        if MISDEED == "temporary-disk":
            fill("/tmp")
        if MISDEED == "data-disk":
            fill("/data")
        if MISDEED == "hangs":
            time.sleep(FOREVER)
        if MISDEED == "late":
            time.sleep(4)
        if MISDEED == "crashes":
            os.abort()
        if MISDEED == "probe":
            return {**GOOD, "probe": probe()}
        return dict(GOOD)

    def answer(self, status: int, body: object) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(data)}\r\n\r\n".encode()
        self.wfile.write(head + data)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class TcpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


if __name__ == "__main__":
    print("The server starts", flush=True)
    if MISDEED == "exits":
        sys.exit("FileNotFoundError: weights.safetensors")
    if MISDEED == "talks":
        for number in range(300_000):
            print("x" * 80, number)
    if MISDEED == "ticks":
        threading.Thread(target=tick, daemon=True).start()
    path = os.environ.get("LABELBUDDY_SOCKET")
    server = Server(path, Handler) if path else TcpServer(("0.0.0.0", int(os.environ["PORT"])), Handler)
    server.serve_forever()
