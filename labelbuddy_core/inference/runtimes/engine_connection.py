"""The connection to a Docker engine: on this machine, or a remote one by URL, and what is known about it."""

from __future__ import annotations

import os
import platform
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docker
import requests
from docker.errors import DockerException
from docker.tls import TLSConfig

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.runtimes.ssh_tunnel import SshTunnel, destination_of

_LOCAL = "unix:///var/run/docker.sock"
_SECONDS = 120
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Engine:
    """`same_machine`: its containers share our kernel and file system, so that a Unix socket in a folder, and addresses
    of its internal networks, lead to them. `address` is where ports that it publishes are reached; with a `tunnel` that
    is the loopback of the other machine."""

    client: Any
    same_machine: bool
    address: str
    processors: int
    tunnel: SshTunnel | None = None


class _Api(docker.APIClient):
    """Heeds our certificates: what the environment names for the internet (bundle, proxy) would come before them."""

    def _retrieve_server_version(self) -> Any:  # the first request of all
        self.trust_env = False
        return super()._retrieve_server_version()  # pyright: ignore[reportAttributeAccessIssue]


def connect(host: str, certificates: Path | None = None, ssh_configuration: str = "") -> Engine:
    """Connect to the engine at `host` (unix://…, tcp://…, ssh://…; empty: `DOCKER_HOST`, else the local one).

    `certificates` is a folder with ca.pem, cert.pem and key.pem, `ssh_configuration` a file for `ssh -F`. Raises
    `ModelProblem` with what to do.
    """
    url = host or os.environ.get("DOCKER_HOST") or _LOCAL
    if url.startswith("ssh://"):
        return _connect_by_ssh(url, ssh_configuration)
    if not host and certificates is None and os.environ.get("DOCKER_TLS_VERIFY"):
        certificates = Path(os.environ.get("DOCKER_CERT_PATH") or Path.home() / ".docker")
    parts = urlsplit(url)
    if parts.scheme not in ("unix", "tcp", "http", "https", "npipe"):
        raise ModelProblem(
            f"Docker engines are reached by unix://, tcp:// or ssh:// addresses, not {parts.scheme}://. Check "
            "LABELBUDDY_DOCKER_HOST."
        )
    remote = parts.scheme in ("tcp", "http", "https")
    if remote and certificates is None and parts.hostname not in _LOOPBACK:
        raise ModelProblem(
            f"The Docker engine at {parts.hostname} is to be reached without TLS, which would let anybody on the "
            "network rule it. Set LABELBUDDY_DOCKER_CERTIFICATES to a folder with ca.pem, cert.pem and key.pem."
        )
    try:
        client, about = _client(url, _tls(certificates) if remote else False)
    except (DockerException, requests.RequestException, OSError) as error:
        raise ModelProblem(_why_not(url, remote, error)) from None
    return Engine(
        client=client,
        same_machine=not remote and _is_ours(about),
        address=_address(parts.hostname) if remote else "127.0.0.1",
        processors=_processors(about),
    )


def _connect_by_ssh(url: str, configuration: str) -> Engine:
    destination = destination_of(url)
    tunnel = SshTunnel(destination, configuration)
    try:
        tunnel.ensure_open()
        client, about = _client(f"unix://{tunnel.engine_socket}", False)
    except ModelProblem:
        tunnel.close()
        raise
    except (DockerException, requests.RequestException, OSError) as error:
        tunnel.close()
        reason = tunnel.complaint() or f"No Docker engine answers on {destination.host} ({type(error).__name__})."
        raise ModelProblem(reason) from None
    return Engine(client, same_machine=False, address="127.0.0.1", processors=_processors(about), tunnel=tunnel)


def _client(url: str, tls: Any) -> tuple[Any, dict[str, Any]]:
    """A client of the engine, and what the engine says about itself."""
    client = docker.DockerClient.__new__(docker.DockerClient)
    client.api = _Api(base_url=url, tls=tls, timeout=_SECONDS)
    return client, client.info()


def _processors(about: dict[str, Any]) -> int:
    return int(about.get("NCPU") or os.cpu_count() or 1)


def _tls(certificates: Path | None) -> Any:
    if certificates is None:
        return False
    files = [certificates / name for name in ("ca.pem", "cert.pem", "key.pem")]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise ModelProblem(f"LABELBUDDY_DOCKER_CERTIFICATES lacks {', '.join(missing)}.")
    authority, certificate, key = (str(file) for file in files)
    return TLSConfig(client_cert=(certificate, key), ca_cert=authority, verify=True)


def _is_ours(about: dict[str, Any]) -> bool:
    """Docker Desktop and rootless engines run containers in a network, and perhaps a machine, of their own."""
    rootless = any("rootless" in option for option in about.get("SecurityOptions") or ())
    return (
        not rootless
        and about.get("KernelVersion") == platform.release()
        and str(about.get("Name")).split(".")[0] == socket.gethostname().split(".")[0]
    )


def _address(name: str | None) -> str:
    """The address that the engine's machine publishes ports on: the one that we reach it by."""
    try:
        return socket.gethostbyname(name or "127.0.0.1")
    except OSError:
        raise ModelProblem(f"The name of the Docker engine's machine, {name!r}, is not known.") from None


def _why_not(url: str, remote: bool, error: Exception) -> str:
    text = str(error)
    if "CERTIFICATE" in text.upper() or "SSL" in text.upper() or "TLS" in text.upper():
        return (
            f"The Docker engine at {url} and we do not trust each other's certificates: check ca.pem, cert.pem and "
            "key.pem in LABELBUDDY_DOCKER_CERTIFICATES, and that the certificate names this host."
        )
    if remote:
        return f"No Docker engine answers at {url} ({type(error).__name__}). Check LABELBUDDY_DOCKER_HOST."
    if "Permission denied" in text:
        return "The Docker engine refuses this user: add it to the group `docker`, or use a model without Docker."
    return f"No Docker engine answers ({type(error).__name__}). Start Docker, or use a model that runs as a process."
