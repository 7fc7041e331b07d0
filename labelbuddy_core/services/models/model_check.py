"""Does a model keep the contract? Asked of a server, an image, a specification, or a folder with a `model.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from labelbuddy_core.errors import Invalid, ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.transport import open_session
from labelbuddy_core.inference.running_models import RunningModels
from labelbuddy_core.inference.runtimes.waiting import wait_until_ready
from labelbuddy_core.inference.specification import Specification, parse_specification
from labelbuddy_core.settings import Settings
from model_containers.serving.contract import Finding, Reply, check

Say = Callable[[str], None]
_PATIENCE = 600.0


def check_model(settings: Settings, target: str, say: Say, *, train: bool = False) -> list[Finding]:
    """Start what `target` names, go through the contract, and stop it; with `train` it is trained a little too.

    `target` is a URL (its token in `LABELBUDDY_TOKEN`), a YAML file, a folder with `model.py`, or the name of an image.
    Raises `ModelProblem` when it cannot be started, `Invalid` when there is no such file.
    """
    with _running(settings, target, say) as endpoint, open_session(endpoint) as session:

        def request(method: str, path: str, **parts: Any) -> Reply:
            try:
                return session.request(
                    method, endpoint.url + path, headers=endpoint.headers, timeout=_PATIENCE, **parts
                )
            except requests.RequestException as error:
                raise ModelProblem(f"{method} {path}: the model cannot be reached ({type(error).__name__}).") from None

        return check(request, patience=_PATIENCE, train=train)


@contextmanager
def _running(settings: Settings, target: str, say: Say) -> Iterator[Endpoint]:
    if target.startswith(("http://", "https://")):
        token = os.environ.get("LABELBUDDY_TOKEN", "")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        yield Endpoint(target.rstrip("/"), headers=headers, certificates=settings.endpoint_certificates)
    elif Path(target).is_dir():
        with _process(Path(target), say) as endpoint:
            yield endpoint
    else:
        specification = _specification(target)
        manager = RunningModels(settings)
        try:
            with manager.endpoint("model-check", specification, say) as endpoint:
                yield endpoint
        finally:
            manager.close()


def _specification(target: str) -> Specification:
    if not target.endswith((".yaml", ".yml")):
        return Specification.model_validate({"image": target})
    try:
        return parse_specification(Path(target).read_bytes())
    except OSError as error:
        raise Invalid(f"{target} cannot be read: {error.strerror}.", field="target") from None


@contextmanager
def _process(folder: Path, say: Say) -> Iterator[Endpoint]:
    """`model.py` of a folder, with this Python, on a Unix socket."""
    script = folder / "model.py"
    if not script.is_file():
        raise Invalid(f"{folder} has no model.py; make a folder with `labelbuddy model new`.", field="target")
    with tempfile.TemporaryDirectory(prefix="lb-check-", dir="/tmp") as temporary:
        log = Path(temporary) / "log"
        environment = {
            **os.environ,
            "LABELBUDDY_SOCKET": f"{temporary}/s",
            "LABELBUDDY_DATA": temporary,
            "PYTHONPATH": str(folder.resolve()),
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, str(script.resolve())], env=environment, stdout=output, stderr=subprocess.STDOUT
            )

        def cause_of_death() -> str | None:
            if process.poll() is None:
                return None
            said = " / ".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:])
            return f"model.py ended while it started (status {process.returncode}): {said or 'it said nothing'}"

        endpoint = Endpoint(socket=f"{temporary}/s")
        try:
            wait_until_ready(endpoint, say, cause_of_death)
            yield endpoint
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
