"""How we talk to a container: a Unix socket and no network; an internal network; or a published port."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from docker.errors import APIError, NotFound

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.runtimes.engine_connection import Engine
from labelbuddy_core.inference.runtimes.ownership import OWNER_LABEL
from labelbuddy_core.inference.runtimes.socket_folders import container_socket_folder
from labelbuddy_core.inference.specification import Specification

SOCKET_LABEL = "org.labelbuddy.socket"
"""An image with this label listens on `LABELBUDDY_SOCKET`."""

SOCKET_PLACE = "/run/labelbuddy"
INTERNAL_NETWORK = "labelbuddy-models"
PUBLISHED_NETWORK = "labelbuddy-published"


class Transport(StrEnum):
    """From the most to the least isolated."""

    SOCKET = "socket"
    INTERNAL = "internal network"
    PUBLISHED = "published port"


@dataclass(frozen=True)
class Way:
    """A prepared transport: settings for the container, and the folder of its socket if it has one."""

    transport: Transport
    settings: dict[str, Any]
    environment: dict[str, str]
    folder: Path | None = None

    def discard(self) -> None:
        """Remove the socket's folder."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def choose(specification: Specification, image_labels: Mapping[str, str], engine: Engine) -> Transport:
    """The most isolated transport that image and engine allow. Raises `ModelProblem` when the file asks for another."""
    if specification.transport == "socket":
        if not engine.same_machine:
            raise ModelProblem(
                "`transport: socket` needs a Docker engine on this machine; leave `transport` out to use a port."
            )
        return Transport.SOCKET
    if not engine.same_machine:
        return Transport.PUBLISHED
    if specification.transport is None and image_labels.get(SOCKET_LABEL) == "1":
        return Transport.SOCKET
    return Transport.INTERNAL


def prepare(transport: Transport, specification: Specification, engine: Engine) -> Way:
    """Make what the transport needs before the container is created."""
    if transport is Transport.SOCKET:
        folder = container_socket_folder()
        return Way(
            transport,
            {"network_mode": "none", "volumes": {str(folder): {"bind": SOCKET_PLACE, "mode": "rw"}}},
            {"LABELBUDDY_SOCKET": f"{SOCKET_PLACE}/s"},
            folder,
        )
    port = {"PORT": str(specification.port), "HOST": "0.0.0.0"}  # noqa: S104 - inside the container
    if transport is Transport.INTERNAL:
        return Way(transport, {"network": _network(engine.client, INTERNAL_NETWORK, internal=True)}, port)
    ports = {f"{specification.port}/tcp": (engine.address, None)}
    return Way(
        transport,
        {"network": _network(engine.client, PUBLISHED_NETWORK, internal=False), "ports": ports},
        port,
    )


def endpoint_of(way: Way, container: Any, specification: Specification, engine: Engine, digest: str) -> Endpoint:
    """Where the started container answers."""
    timeout = specification.resources.timeout_seconds
    if way.folder is not None:
        return Endpoint(socket=str(way.folder / "s"), timeout_seconds=timeout, digest=digest)
    container.reload()
    network = container.attrs["NetworkSettings"]
    if way.transport is Transport.INTERNAL:
        address = network["Networks"].get(INTERNAL_NETWORK, {}).get("IPAddress")
        if not address:  # it has ended already; whoever waits for it finds out why
            address = "127.0.0.1"
        return Endpoint(url=f"http://{address}:{specification.port}", timeout_seconds=timeout, digest=digest)
    published = (network.get("Ports") or {}).get(f"{specification.port}/tcp") or [{"HostPort": "9"}]
    if engine.tunnel is not None:
        socket = engine.tunnel.forward(int(published[0]["HostPort"]))
        return Endpoint(socket=str(socket), timeout_seconds=timeout, digest=digest)
    url = f"http://{engine.address}:{published[0]['HostPort']}"
    return Endpoint(url=url, timeout_seconds=timeout, digest=digest)


def _network(client: Any, name: str, *, internal: bool) -> str:
    """A network whose containers do not see each other. An internal one has no way out (this machine reaches into it);
    the other one publishes ports, and what it sends out is not given an address that answers come back to."""
    try:
        client.networks.get(name)
        return name
    except NotFound:
        pass
    options = {"com.docker.network.bridge.enable_icc": "false"}
    if not internal:
        options["com.docker.network.bridge.enable_ip_masquerade"] = "false"
    try:
        client.networks.create(
            name,
            driver="bridge",
            internal=internal,
            check_duplicate=True,
            labels={OWNER_LABEL: "labelbuddy"},
            options=options,
        )
    except APIError as error:
        if error.status_code != 409:  # another worker made it meanwhile
            raise
    return name
