"""Runs the web server and the worker together: starts them, restarts what dies, and leaves nothing behind.

`bin/run` becomes this process. Its children end with it even when it is killed: the kernel signals them, and the worker
watches a pipe besides.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import errno
import logging
import logging.handlers
import os
import secrets
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from labelbuddy_core.certificates import why_unusable
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.settings import ROOT, Settings, get_settings

log = logging.getLogger("labelbuddy")

_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 8.0
_CALM_SECONDS = 30.0
_MAX_PAUSE = 30.0
_START_SECONDS = 60.0


@dataclass
class Child:
    """A process to keep running."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log_file: Path
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    failures: int = field(default=0)

    def start(self) -> None:
        """Start the process; its output goes to its log file."""
        parent = os.getpid()
        with self.log_file.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=self.pass_fds,
                preexec_fn=lambda: _die_with(parent),
            )
        self.started_at = time.monotonic()

    def watch(self) -> None:
        """Start the process again when it has ended, after a pause that grows with every quick failure."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if self.restart_at == 0.0:
            self.failures = 0 if now - self.started_at > _CALM_SECONDS else self.failures + 1
            pause = min(_MAX_PAUSE, 0.2 * 2**self.failures)
            log.warning("%s ended (status %s); starting it again in %.1f s", self.name, self.process.returncode, pause)
            self.restart_at = now + pause
        elif now >= self.restart_at:
            self.restart_at = 0.0
            self.start()


def main() -> int:
    """The command line of the supervisor; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bin/run")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--without-worker", action="store_true", help="the worker runs elsewhere (compose.yaml)")
    options = parser.parse_args()
    os.environ["LABELBUDDY_DATA"] = str(options.data.resolve())
    get_settings.cache_clear()
    settings = get_settings()
    logging.basicConfig(level=logging.INFO, format="labelbuddy: %(message)s", stream=sys.stdout)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    problem = why_unusable(settings) or _cannot_listen(options.host, options.port)
    if problem:
        log.error("%s", problem)
        return 1
    logs = settings.data / "logs"
    for folder in (logs, settings.incoming):
        folder.mkdir(parents=True, exist_ok=True)
    _rotate(logs)
    secure = settings.certificate or settings.public_url.startswith("https:")
    if not (_loopback(options.host) or secure):
        log.warning(
            "listening on %s without TLS: passwords and audio can be read on the way; see docs/deployment.md",
            options.host,
        )
    try:
        prepared = [] if in_use(settings) and not options.demo else prepare(demo=options.demo)
    except LabelBuddyError as error:
        log.error("%s", error.detail)
        return 1
    reading, writing = os.pipe()
    children = _children(options.host, options.port, logs, reading)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    children[0].start()
    host = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host  # noqa: S104
    url = f"{'https' if settings.certificate else 'http'}://{host}:{options.port}"
    ready = _wait_until_ready(url, stop, children[0])
    if not ready and children[0].failures and (problem := _database_problem()):
        log.error("%s", problem)
        _stop(children)
        return 1
    if options.without_worker:
        children = children[:1]
    else:
        children[1].start()
    if ready:
        log.info("LabelBuddy is at %s", settings.public_url or url)
        for line in prepared:
            log.info("%s", line)
    while not stop.wait(0.2):
        for child in children:
            child.watch()
    _stop(children)
    os.close(writing)
    return 0


def in_use(settings: Settings) -> bool:
    """Whether somebody has an account already: looked up without loading the services, which takes a second."""
    path = settings.data / "labelbuddy.sqlite"
    if settings.database_url or not path.exists():
        return False
    with contextlib.suppress(sqlite3.DatabaseError), contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None
    return False


def prepare(*, demo: bool) -> list[str]:
    """Bring the database up to date and load the demo if asked for; returns lines to print with the address."""
    from labelbuddy_core.database import migrate
    from labelbuddy_core.database.migration import telling_damage
    from labelbuddy_core.services.installation.setup import ensure_setup_token

    settings = get_settings()
    migrate(settings)
    if demo:
        from labelbuddy_core.services.first_steps.demo import load_demo

        return load_demo(log.info)
    with telling_damage(settings):
        token = ensure_setup_token()
    return [] if token is None else [f"Nobody has an account yet. Open the address and enter this token: {token}"]


def _database_problem() -> str | None:
    """Why the database cannot be used, or None: found out when the web server did not start, for it takes a second."""
    from labelbuddy_core.database.migration import look_at

    try:
        look_at(get_settings())
    except LabelBuddyError as error:
        return error.detail
    return None


def _children(host: str, port: int, logs: Path, pipe: int) -> list[Child]:
    settings = get_settings()
    environment = {**os.environ, "TMPDIR": str(settings.incoming), "PYTHONUNBUFFERED": "1"}
    environment.setdefault("STREAMLIT_SERVER_COOKIE_SECRET", secrets.token_hex(32))
    web = ["-m", "uvicorn", "app:app", "--host", host, "--port", str(port), "--log-level", "warning", "--no-access-log"]
    web += ["--forwarded-allow-ips", settings.trusted_proxies]
    if settings.certificate:
        web += ["--ssl-certfile", settings.certificate, "--ssl-keyfile", settings.certificate_key]
    worker_environment = {**environment, "LABELBUDDY_SUPERVISOR_PIPE": str(pipe)}
    return [
        Child("web server", [sys.executable, *web], environment, logs / "web.log"),
        Child(
            "worker",
            [sys.executable, "-m", "labelbuddy_core.worker"],
            worker_environment,
            logs / "worker.log",
            pass_fds=(pipe,),
        ),
    ]


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _wait_until_ready(url: str, stop: threading.Event, web: Child) -> bool:
    """Whether it answers in time; it is not waited for when it failed to start for what it will fail for again."""
    deadline = time.monotonic() + _START_SECONDS
    failures = 0
    ours = ssl._create_unverified_context()  # noqa: S323 - our own port; the certificate names another host
    while time.monotonic() < deadline and not stop.is_set():
        web.watch()
        if not failures and (failures := web.failures) and _database_problem():
            return False
        try:
            with urllib.request.urlopen(f"{url}/api/v1/health", timeout=2, context=ours):  # noqa: S310 - our own address
                return True
        except OSError:
            time.sleep(0.05)
    log.error("the web server did not answer; the log is %s", web.log_file)
    return False


def _stop(children: list[Child]) -> None:
    """Ask every child to end, and make those that do not."""
    running = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for process in running:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _cannot_listen(host: str, port: int) -> str | None:
    """Why nothing can listen there, or None."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"port {port} is in use; stop what uses it, or choose another with --port"
            return f"cannot listen on {host}:{port}: {error.strerror}"
    return None


def _loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _rotate(logs: Path) -> None:
    """Keep the last five logs of 5 MB."""
    for name in ("web.log", "worker.log"):
        path = logs / name
        if path.exists() and path.stat().st_size > 5_000_000:
            logging.handlers.RotatingFileHandler(path, maxBytes=5_000_000, backupCount=5).doRollover()


if __name__ == "__main__":
    sys.exit(main())
