"""A Docker engine on another machine through the system's ssh: its socket, and the ports of its containers, come out as
Unix sockets in a folder that only we can enter. What passes is encrypted, and no port is opened to the network."""

from __future__ import annotations

import atexit
import collections
import contextlib
import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.runtimes.children import SPAWNER, end_with
from labelbuddy_core.inference.runtimes.socket_folders import socket_folder

ENGINE_SOCKET = "/var/run/docker.sock"

_PATIENCE_SECONDS = 45.0
_COMMAND_SECONDS = 15.0
_LAST_WORDS_SECONDS = 1.0
_PAUSE = 0.05
_OPTIONS = {
    "BatchMode": "yes",  # nobody is there to type a password or to accept a host
    "ConnectTimeout": "15",
    "ServerAliveInterval": "10",
    "ServerAliveCountMax": "3",
    "ExitOnForwardFailure": "yes",
    "StreamLocalBindUnlink": "yes",
    "StreamLocalBindMask": "0177",
    "ControlMaster": "yes",
    "ControlPersist": "no",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "PermitLocalCommand": "no",
    "LogLevel": "INFO",
}

_REASONS = (
    (
        "IDENTIFICATION HAS CHANGED",
        "{host} shows another host key than before: find out why, then correct the known_hosts of this account.",
    ),
    (
        "Host key verification failed",
        "{host} is not known to this account: connect once by hand (`{command}`), compare its key, and accept it.",
    ),
    (
        "Permission denied",
        "{host} refuses the keys of this account: add its public key to ~/.ssh/authorized_keys there, or name the key "
        "in the configuration of ssh (`IdentityFile`). A key with a passphrase needs an agent.",
    ),
    ("Could not resolve hostname", "The name {host} is not known. Check LABELBUDDY_DOCKER_HOST."),
    ("Connection refused", "{host} has no SSH server on this port. Check LABELBUDDY_DOCKER_HOST."),
    ("timed out", "{host} does not answer. Check that it runs and can be reached from here."),
    ("No route to host", "{host} cannot be reached from here. Check LABELBUDDY_DOCKER_HOST and the network."),
    (
        "open failed",
        "{socket} on {host} cannot be opened: start Docker there, add the account to the group `docker`, let the SSH "
        "server forward (AllowTcpForwarding, AllowStreamLocalForwarding), or name another socket in the address "
        "(ssh://HOST/run/user/1000/docker.sock).",
    ),
)


@dataclass(frozen=True)
class Destination:
    """Where ssh goes: `host` may be a name of ssh's configuration; `socket` is the engine's, on that machine."""

    host: str
    user: str = ""
    port: int | None = None
    socket: str = ENGINE_SOCKET

    @property
    def arguments(self) -> list[str]:
        """For the command line of ssh; a host cannot pass for an option."""
        user = ["-l", self.user] if self.user else []
        port = ["-p", str(self.port)] if self.port else []
        return [*user, *port, "--", self.host]


def destination_of(url: str) -> Destination:
    """From `ssh://[USER@]HOST[:PORT][/PATH/OF/docker.sock]`. Raises `ModelProblem` for another form."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    wrong = not parts.hostname or parts.hostname.startswith("-") or parts.password is not None or port == -1
    if wrong or parts.query or parts.fragment:
        raise ModelProblem(
            "LABELBUDDY_DOCKER_HOST must have the form ssh://USER@HOST, with :PORT and the path of the engine's socket "
            "where they differ, and without a password: ssh uses keys."
        )
    path = unquote(parts.path).rstrip("/") or ENGINE_SOCKET
    return Destination(parts.hostname or "", unquote(parts.username or ""), port, path)


class SshTunnel:
    """One connection of ssh with everything forwarded through it; it ends with this process.

    `configuration` is a file for `ssh -F`; empty: the account's own.
    """

    def __init__(self, destination: Destination, configuration: str = "") -> None:
        self._to = destination
        self._ssh = ["ssh", *(["-F", configuration] if configuration else [])]
        self._folder = socket_folder("lb-ssh-")
        self._forwarded = {self.engine_socket: destination.socket}
        self._made = 0
        self._said: collections.deque[str] = collections.deque(maxlen=50)
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._lock = threading.RLock()
        atexit.register(self.close)

    @property
    def engine_socket(self) -> Path:
        """Where the engine answers on this machine."""
        return self._folder / "engine"

    @property
    def alive(self) -> bool:
        """Whether ssh runs; it ends when the other side is silent for half a minute."""
        return self._process is not None and self._process.poll() is None

    def ensure_open(self) -> None:
        """Connect, or connect again with all that was forwarded. Raises `ModelProblem` with what to do."""
        with self._lock:
            if not self.alive:
                self._open()

    def forward(self, port: int) -> Path:
        """A Unix socket that leads to `port` on the loopback of the other machine."""
        with self._lock:
            self.ensure_open()
            self._made += 1
            place, there = self._folder / str(self._made), f"127.0.0.1:{port}"
            self._command("forward", "-L", f"{place}:{there}")
            self._forwarded[place] = there
            return place

    def drop(self, place: Path) -> None:
        """Forward no longer; a socket that is not ours is no error."""
        with self._lock:
            there = self._forwarded.pop(place, None)
            if there is None:
                return
            if self.alive:
                with contextlib.suppress(ModelProblem):  # the connection ended meanwhile, and the forwarding with it
                    self._command("cancel", "-L", f"{place}:{there}")
            place.unlink(missing_ok=True)

    def close(self) -> None:
        """Hang up and forget every socket."""
        with self._lock:
            atexit.unregister(self.close)
            if self._process is not None:
                self._process.terminate()
                self._process.wait()
            if self._reader is not None:
                self._reader.join(timeout=_LAST_WORDS_SECONDS)
            shutil.rmtree(self._folder, ignore_errors=True)

    def complaint(self) -> str:
        """What the last words of ssh mean, and what to do; empty when it said nothing of what we know."""
        said = "\n".join(self._said)
        host = self._to.host
        command = " ".join(["ssh", *(part for part in self._to.arguments if part != "--")])
        for words, meaning in _REASONS:
            if words in said:
                return meaning.format(host=host, socket=self._to.socket, command=command)
        return ""

    def _open(self) -> None:
        self._said.clear()
        for place in (*self._forwarded, self._control):
            place.unlink(missing_ok=True)
        options = [part for name, value in _OPTIONS.items() for part in ("-o", f"{name}={value}")]
        forwards = [part for place, there in self._forwarded.items() for part in ("-L", f"{place}:{there}")]
        parent = os.getpid()
        try:
            self._process = SPAWNER.submit(
                subprocess.Popen,
                [*self._ssh, "-N", "-T", *options, "-S", str(self._control), *forwards, *self._to.arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                preexec_fn=lambda: end_with(parent),
            ).result()
        except FileNotFoundError:
            raise ModelProblem(
                "The Docker engine is to be reached by ssh, which is not installed here: install the OpenSSH client."
            ) from None
        self._reader = threading.Thread(target=self._read, args=(self._process,), name="ssh", daemon=True)
        self._reader.start()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (self.engine_socket.exists() and self._control.exists()):
            if self._process.poll() is not None:
                self._reader.join(timeout=_LAST_WORDS_SECONDS)
                last = self._said[-1].strip()[:300] if self._said else "it said nothing"
                raise ModelProblem(self.complaint() or f"ssh could not connect to {self._to.host} ({last}).")
            if time.monotonic() > deadline:
                self._process.terminate()
                raise ModelProblem(f"ssh was not connected to {self._to.host} after {_PATIENCE_SECONDS:.0f} s.")
            time.sleep(_PAUSE)

    @property
    def _control(self) -> Path:
        return self._folder / "control"

    def _command(self, *what: str) -> None:
        """Ask the running ssh for something."""
        try:
            done = subprocess.run(
                [*self._ssh, "-S", str(self._control), "-O", *what, *self._to.arguments],
                capture_output=True,
                timeout=_COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ModelProblem(f"The connection of ssh to {self._to.host} does not answer.") from None
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip()[-300:]
            raise ModelProblem(f"A port of {self._to.host} could not be forwarded by ssh ({said}).")

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        """Take what ssh writes, so that it never waits for us."""
        if process.stderr is None:
            return
        with process.stderr as words:
            for line in words:
                self._said.append(line.decode("utf-8", "replace").rstrip("\r\n"))
