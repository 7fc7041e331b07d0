"""Docker engines on machines that are reached by ssh: a real sshd on this machine, with its engine behind it."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.model_logs import log_path
from labelbuddy_core.inference.runtimes import ownership
from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime
from labelbuddy_core.inference.runtimes.engine_connection import connect
from labelbuddy_core.inference.runtimes.transports import Transport
from labelbuddy_core.inference.specification import Specification

Model = Callable[..., Specification]
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
HOST = "gpu-lab"


@dataclass
class SshServer:
    """A server that lets one key in. `configuration` is a client's, in which it is called `gpu-lab`."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def configuration(self) -> str:
        return str(self.folder / "ssh_config")

    def start(self, **options: str) -> None:
        """Listen, with other options of sshd than the usual ones."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = {
            "Port": str(port),
            "ListenAddress": "127.0.0.1",
            "HostKey": str(self.folder / "host"),
            "AuthorizedKeysFile": str(self.folder / "authorized_keys"),
            "PidFile": "none",
            "StrictModes": "no",
            "PermitRootLogin": "yes",
            **options,
        }
        client = {
            "HostName": "127.0.0.1",
            "Port": str(port),
            "User": getpass.getuser(),
            "IdentityFile": str(self.folder / "key"),
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": str(self.folder / "known_hosts"),
            "GlobalKnownHostsFile": "/dev/null",
        }
        self._write("sshd_config", server)
        (self.folder / "ssh_config").write_text(f"Host {HOST}\n" + _lines(client))
        host_key = (self.folder / "host.pub").read_text()
        (self.folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}")
        shutil.copy(self.folder / "key.pub", self.folder / "authorized_keys")
        log = (self.folder / "sshd.log").open("wb")
        command = [str(SSHD), "-D", "-e", "-f", str(self.folder / "sshd_config")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        for _ in range(200):
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self.folder / "sshd.log").read_text())

    def hang_up(self) -> None:
        """End every connection at once, as a network that breaks does, and go on listening."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        assert children
        for child in children:
            for grandchild in Path(f"/proc/{child}/task/{child}/children").read_text().split():
                os.kill(int(grandchild), 9)
            os.kill(int(child), 9)

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def _write(self, name: str, options: dict[str, str]) -> None:
        (self.folder / name).write_text(_lines(options))


def _lines(options: dict[str, str]) -> str:
    return "".join(f"{name} {value}\n" for name, value in options.items())


@pytest.fixture
def ssh_server(tmp_path: Path) -> Iterator[SshServer]:
    """A server with its keys made, not started."""
    if SSHD is None or shutil.which("ssh") is None:
        pytest.skip("SKIPPED tests of engines by ssh: no sshd here (openssh-server, installed by .ci/run)")
    if os.geteuid() == 0:  # where a root's sshd locks its helper up
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    folder = tmp_path / "ssh"
    folder.mkdir(mode=0o700)
    for name in ("host", "key", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    server = SshServer(folder)
    yield server
    server.end()


@pytest.fixture
def runtime(ssh_server: SshServer, instance: str) -> Iterator[DockerRuntime]:
    """Runs models on the engine behind the server."""
    ssh_server.start()
    logs = ssh_server.folder / "logs"
    configuration = ssh_server.configuration
    made = DockerRuntime(f"ssh://{HOST}", instance, ["labelbuddy/*"], ssh_configuration=configuration, logs=logs)
    yield made
    made.stop("far")
    made.close()


def containers(engine: Any, instance: str) -> list[Any]:
    return engine.containers.list(all=True, filters={"label": [f"{ownership.INSTANCE_LABEL}={instance}"]})


@pytest.mark.docker
def test_a_model_runs_on_an_engine_behind_ssh_and_is_asked_through_it(
    runtime: DockerRuntime, misbehaving: Any, instance: str, model: Model, recording: Path
) -> None:
    endpoint = runtime.ensure_running("far", model("probe"), lambda _: None)
    assert runtime.transport("far") is Transport.PUBLISHED
    [container] = containers(misbehaving, instance)
    [bindings] = container.ports.values()
    assert [binding["HostIp"] for binding in bindings] == ["127.0.0.1"]  # nothing is open to the network there
    assert endpoint.socket is not None  # nor to other people here
    assert Path(endpoint.socket).parent.stat().st_mode & 0o077 == 0
    found = ModelClient(endpoint).predict(recording, {})["probe"]
    assert found["no_new_privileges"] == "1"
    assert "192.0.2.1" not in [target[0] for target in found["reaches"]]
    runtime.stop("far")
    assert containers(misbehaving, instance) == []
    assert not Path(endpoint.socket).exists()
    runtime.close()
    assert not Path(endpoint.socket).parent.exists()


@pytest.mark.docker
def test_a_connection_that_broke_is_made_again_and_the_container_goes_on(
    ssh_server: SshServer,
    runtime: DockerRuntime,
    misbehaving: Any,
    instance: str,
    model: Model,
    recording: Path,
) -> None:
    endpoint = runtime.ensure_running("far", model("probe"), lambda _: None)
    [before] = containers(misbehaving, instance)
    ssh_server.hang_up()
    time.sleep(1.1)  # what was alive a second ago is believed to be
    assert runtime.status("far").state == "running"
    assert runtime.ensure_running("far", model("probe"), lambda _: None) == endpoint
    assert "probe" in ModelClient(endpoint).predict(recording, {})
    [after] = containers(misbehaving, instance)
    assert after.id == before.id


@pytest.mark.docker
def test_the_log_of_a_model_goes_on_after_a_connection_that_broke(
    ssh_server: SshServer, runtime: DockerRuntime, model: Model
) -> None:
    runtime.ensure_running("far", model("ticks"), lambda _: None)
    log = log_path(ssh_server.folder / "logs", "far")

    def ticks() -> list[float]:
        lines = log.read_text().splitlines() if log.exists() else []
        return [float(line.split()[1]) for line in lines[:-1] if line.startswith("tick ")]

    until(lambda: len(ticks()) > 2)
    ssh_server.hang_up()
    broken = time.time()
    until(lambda: any(tick > broken + 1 for tick in ticks()))
    assert len(set(ticks())) == len(ticks())


def until(true: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.1)


@pytest.mark.docker
def test_a_container_that_was_out_of_reach_is_removed_when_the_connection_is_back(
    ssh_server: SshServer, runtime: DockerRuntime, misbehaving: Any, instance: str, model: Model
) -> None:
    runtime.ensure_running("far", model("probe"), lambda _: None)
    known = (ssh_server.folder / "known_hosts").read_text()
    (ssh_server.folder / "known_hosts").write_text("")
    ssh_server.hang_up()
    time.sleep(1.1)
    status = runtime.status("far")
    assert status.state == "ended"
    assert "is not known to this account" in status.detail
    runtime.stop("far")
    assert len(containers(misbehaving, instance)) == 1
    (ssh_server.folder / "known_hosts").write_text(known)
    runtime.reap()
    assert containers(misbehaving, instance) == []


def _forget_the_host(folder: Path) -> None:
    (folder / "known_hosts").write_text("")


def _another_host_key(folder: Path) -> None:
    place = (folder / "known_hosts").read_text().split(" ", 1)[0]
    (folder / "known_hosts").write_text(f"{place} {(folder / 'other.pub').read_text()}")


def _another_key(folder: Path) -> None:
    shutil.copy(folder / "other.pub", folder / "authorized_keys")


@pytest.mark.parametrize(
    ("spoil", "explained"),
    [
        (_forget_the_host, r"gpu-lab is not known to this account: connect once by hand \(`ssh gpu-lab`\)"),
        (_another_host_key, r"gpu-lab shows another host key than before"),
        (_another_key, r"gpu-lab refuses the keys of this account"),
    ],
)
def test_why_ssh_does_not_connect_is_explained(
    ssh_server: SshServer, spoil: Callable[[Path], None], explained: str
) -> None:
    ssh_server.start()
    spoil(ssh_server.folder)
    with pytest.raises(ModelProblem, match=explained):
        connect(f"ssh://{HOST}", ssh_configuration=ssh_server.configuration)


def test_an_engine_that_cannot_be_opened_behind_ssh_is_told_with_its_socket(ssh_server: SshServer) -> None:
    ssh_server.start()
    with pytest.raises(ModelProblem, match=r"/nowhere/docker\.sock on gpu-lab cannot be opened: start Docker there"):
        connect(f"ssh://{HOST}/nowhere/docker.sock", ssh_configuration=ssh_server.configuration)


def test_a_server_that_forbids_forwarding_is_told(ssh_server: SshServer) -> None:
    ssh_server.start(AllowTcpForwarding="no")
    with pytest.raises(ModelProblem, match=r"let the SSH server forward \(AllowTcpForwarding"):
        connect(f"ssh://{HOST}", ssh_configuration=ssh_server.configuration)


def test_a_server_that_is_not_there_is_told(ssh_server: SshServer) -> None:
    ssh_server.start()
    ssh_server.end()
    with pytest.raises(ModelProblem, match=r"gpu-lab has no SSH server on this port"):
        connect(f"ssh://{HOST}", ssh_configuration=ssh_server.configuration)


def test_a_machine_without_ssh_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelProblem, match=r"not installed here: install the OpenSSH client"):
        connect(f"ssh://{HOST}")


@pytest.mark.parametrize(
    "address",
    ["ssh://", "ssh://lab:password@gpu", "ssh://gpu:none", "ssh://-oProxyCommand=true", "ssh://gpu/x?y"],
)
def test_an_address_for_ssh_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(ModelProblem, match=r"must have the form ssh://USER@HOST"):
        connect(address)
