"""A model on another machine: two hosts (network namespaces) with a wire between them, TLS and a token."""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from labelbuddy_core.services.models.model_kit import new_model
from labelbuddy_core.settings import ROOT
from model_containers.serving.contract import _dataset

LAB, NODE, PORT = "10.213.77.1", "10.213.77.2", 8443
PAUSE = """
        data = Path(os.environ["LABELBUDDY_DATA"])
        (data / "computing").touch()
        time.sleep(float((data / "pause").read_text()))
"""
SCRIPT = str(Path(__file__).with_name("ask_remote_node.py"))

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None, reason="SKIPPED remote node: needs root and ip for namespaces"
)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@pytest.fixture
def hosts() -> Iterator[tuple[str, str]]:
    """Two namespaces that reach only each other."""
    lab, node = f"lb-lab-{os.getpid()}", f"lb-node-{os.getpid()}"
    try:
        ip("netns", "add", lab)
        ip("netns", "add", node)
        ip("link", "add", "lb-wire", "netns", lab, "type", "veth", "peer", "name", "lb-wire", "netns", node)
        for name, address in ((lab, LAB), (node, NODE)):
            ip("-n", name, "address", "add", f"{address}/24", "dev", "lb-wire")
            ip("-n", name, "link", "set", "lb-wire", "up")
            ip("-n", name, "link", "set", "lo", "up")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"SKIPPED remote node: no network namespaces here ({error.stderr.decode().strip()})")
    yield lab, node
    for name in (lab, node):
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


def certificates(folder: Path, address: str) -> tuple[Path, Path, Path]:
    """(authority, certificate, key) as PEM files: an authority of its own, and what it signed for an address."""
    day = datetime.timedelta(days=1)
    present = datetime.datetime.now(datetime.UTC)
    folder.mkdir()

    def made(name: str, key: Any, issuer: str, signer: Any, *, authority: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(present - day)
            .not_valid_after(present + day)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )
        if not authority:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(signer, hashes.SHA256())

    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = made("lab authority", authority_key, "lab authority", authority_key, authority=True)
    certificate = made("node", key, "lab authority", authority_key, authority=False)
    files = folder / "authority.pem", folder / "node.pem", folder / "node.key"
    files[0].write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[2].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


class Node:
    """The model on the other machine, and the lab's machine that asks it."""

    def __init__(self, hosts: tuple[str, str], folder: Path) -> None:
        self.lab, self.node = hosts
        self.folder = folder
        self.authority, certificate, key = certificates(folder / "pki", NODE)
        model = new_model("remote-hum", folder)
        code = (model / "model.py").read_text()
        thinking = "        loud = np.flatnonzero"
        assert code.count(thinking) == 1
        (model / "model.py").write_text("import time\n" + code.replace(thinking, PAUSE + thinking))
        (folder / "node-data").mkdir()
        self.log = folder / "node.log"
        environment = {
            **os.environ,
            "HOST": NODE,
            "PORT": str(PORT),
            "LABELBUDDY_TLS_CERTIFICATE": str(certificate),
            "LABELBUDDY_TLS_KEY": str(key),
            "LABELBUDDY_TOKEN": "the-token",
            "LABELBUDDY_DATA": str(folder / "node-data"),
            "PYTHONPATH": str(model),
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.node, sys.executable, str(model / "model.py")],
                env=environment,
                stdout=log,
                stderr=log,
            )
        self.wav = folder / "clip.wav"
        silence, tone = np.zeros(16_000), 0.3 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
        soundfile.write(self.wav, np.concatenate([silence, tone, silence]), 16_000, subtype="PCM_16")

    def begin(
        self,
        *,
        token: str = "the-token",
        authority: str | None = None,
        timeout: float = 60.0,
        train: bool = False,
        before_answering: float = 0.0,
    ) -> subprocess.Popen[bytes]:
        """Ask from the lab's machine; the model thinks `before_answering` seconds longer than it needs."""
        (self.folder / "node-data" / "pause").write_text(str(before_answering))
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LABELBUDDY_DATA": str(self.folder / "lab-data"),
            "LABELBUDDY_ALLOWED_ENDPOINTS": NODE,
            "LABELBUDDY_ENDPOINT_CERTIFICATES": str(self.authority) if authority is None else authority,
            "LABELBUDDY_SECRET_NODE": token,
        }
        command = ["ip", "netns", "exec", self.lab, sys.executable, SCRIPT, f"https://{NODE}:{PORT}", str(self.wav)]
        command.append(str(timeout))
        if train:
            (self.folder / "dataset.zip").write_bytes(_dataset(["sound"]))
            command.append(str(self.folder / "dataset.zip"))
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_until_computing(self) -> None:
        computing = self.folder / "node-data" / "computing"
        for _ in range(600):
            if computing.exists():
                return
            time.sleep(0.05)
        raise AssertionError("the model was never asked")

    def ask(self, **how: Any) -> dict[str, Any]:
        asking = self.begin(**how)
        said, complained = asking.communicate(timeout=120)
        (self.folder / "node-data" / "computing").unlink(missing_ok=True)
        assert asking.returncode == 0, complained.decode()
        return json.loads(said)


@pytest.fixture
def node(hosts: tuple[str, str], tmp_path: Path) -> Iterator[Node]:
    made = Node(hosts, tmp_path)
    yield made
    made.process.terminate()
    made.process.wait(timeout=30)


def test_a_model_on_another_machine_predicts_and_trains_over_tls(node: Node) -> None:
    found = node.ask(train=True)
    (region,) = found["answer"]["regions"]
    assert (region["label"], round(region["start"], 1), round(region["end"], 1)) == ("sound", 1.0, 2.0)
    assert found["digest"] == f"https://{NODE}:{PORT}"
    assert (found["run"]["state"], len(found["run"]["rows"])) == ("succeeded", 20)
    assert node.ask()["answer"]["version"] == found["run"]["version"]


def test_a_wrong_token_is_refused_and_named(node: Node) -> None:
    assert "status 401" in (found := node.ask(token="other")["problem"])
    assert "token is missing or wrong" in found


def test_a_certificate_of_nobody_we_trust_is_refused_at_once(node: Node) -> None:
    node.ask()  # the server is up: what follows is not for want of a connection
    found = node.ask(authority="")
    assert "is not trusted" in found["problem"]
    assert "LABELBUDDY_ENDPOINT_CERTIFICATES" in found["problem"]
    assert found["seconds"] < 30


def test_a_wire_cut_in_the_middle_of_an_answer_ends_with_the_time_out_and_the_next_is_answered(node: Node) -> None:
    node.ask()
    asking = node.begin(timeout=4.0, before_answering=2.0)
    node.wait_until_computing()
    ip("-n", node.node, "link", "set", "lb-wire", "down")
    said, _ = asking.communicate(timeout=60)
    ip("-n", node.node, "link", "set", "lb-wire", "up")
    found = json.loads(said)
    assert found["problem"] == (
        "The model did not answer within 4 s. Raise resources.timeout_seconds, or send less audio."
    )
    assert found["seconds"] < 30
    assert "answer" in node.ask()
