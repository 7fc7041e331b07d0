"""Set up the environment that bin/run and bin/test work in: `.venv` with pinned packages, CPU or GPU PyTorch, and the
weights of the bundled models. Standard library only; a second call finds everything done and touches no network.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / ".labelbuddy-installed"
WEIGHTS = ROOT / ".cache" / "models" / "musicnn"
TORCH = "2.13.0"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
LEAST = (3, 11)


class SetupError(Exception):
    """Something is missing; the message says what to do."""


def environment_python() -> Path:
    """The interpreter of the environment."""
    return ENVIRONMENT / "bin" / "python"


def install(torch: str, *, tests: bool) -> None:
    """Make the environment complete. `torch` is cpu or gpu. Raises `SetupError` with what to do."""
    if sys.version_info < LEAST:
        raise SetupError(f"LabelBuddy needs Python {LEAST[0]}.{LEAST[1]} or newer; this is {sys.version.split()[0]}.")
    wanted = fingerprint(torch, tests=tests)
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    if not environment_python().exists():
        say("Making the environment .venv")
        try:
            venv.create(ENVIRONMENT, with_pip=True, clear=ENVIRONMENT.exists())
        except (subprocess.CalledProcessError, OSError) as error:
            raise SetupError(
                f"Python's venv module does not work here ({error}). On Debian: apt install python3-venv."
            ) from None
    STAMP.unlink(missing_ok=True)
    say("Installing packages (a few minutes the first time)")
    install_torch(torch)
    files = ["requirements.txt", *(["requirements-test.txt"] if tests else [])]
    pip("install", *[part for name in files for part in ("-r", name)], "-c", "requirements.lock")
    fetch_weights()
    compile_packages()
    STAMP.write_text(wanted)


def fingerprint(torch: str, *, tests: bool) -> str:
    """What an installation depends on, in one line."""
    digest = hashlib.sha256()
    for name in ("requirements.txt", "requirements-test.txt", "requirements.lock"):
        digest.update((ROOT / name).read_bytes())
    done = STAMP.read_text().split() if STAMP.exists() else []
    with_tests = tests or (len(done) == 5 and done[3] == "tests")  # an environment with tests serves the app as well
    kind = "tests" if with_tests else "app"
    return f"{sys.version_info.major}.{sys.version_info.minor} torch-{TORCH} {torch} {kind} {digest.hexdigest()[:16]}"


def install_torch(kind: str) -> None:
    """The CPU build unless a GPU build was asked for: from the configured index if it has one, else PyTorch's own."""
    if kind == "gpu":
        pip("install", f"torch=={TORCH}")
        return
    if torch_is(f"{TORCH}+cpu"):
        return
    if pip("install", f"torch=={TORCH}+cpu", check=False) != 0:
        say("Fetching the CPU build of PyTorch")
        pip("install", f"torch=={TORCH}+cpu", "--index-url", CPU_INDEX, "--extra-index-url", "https://pypi.org/simple")


def torch_is(version: str) -> bool:
    """Whether this version of PyTorch is installed."""
    return any(ENVIRONMENT.glob(f"lib/python*/site-packages/torch-{version}.dist-info"))


def fetch_weights() -> None:
    """Weights of the bundled models; without them the app works and the model says what is missing."""
    if list(WEIGHTS.glob("*.safetensors")):
        return
    say("Fetching the weights of musicnn")
    finished = run([str(environment_python()), "-m", "model_containers.musicnn.fetch", "--to", str(WEIGHTS)])
    if finished != 0:
        say("Going on without musicnn's weights; run bin/run --fetch-models later to get them.")


def compile_packages() -> None:
    """Bytecode and librosa's machine code once, so that every start is fast."""
    packages = [str(path) for path in ENVIRONMENT.glob("lib/python*/site-packages")]
    run([str(environment_python()), "-m", "compileall", "-q", "-j", "0", *packages], quiet=True)
    run([str(environment_python()), "-c", "from labelbuddy_core.audio.analysis import warm; warm()"], quiet=True)


def pip(*arguments: str, check: bool = True) -> int:
    """Run pip in the environment."""
    status = run(
        [str(environment_python()), "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"], quiet=not check
    )
    if check and status != 0:
        raise SetupError("Installing failed; the lines above say why. Run the same command again to continue.")
    return status


def run(command: list[str], *, quiet: bool = False) -> int:
    """Run a command in the project's folder; returns its status."""
    output = subprocess.DEVNULL if quiet else None
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, env=environment, check=False).returncode


def say(text: str) -> None:
    """Tell what is being done."""
    print(f"labelbuddy: {text}", flush=True)  # noqa: T201
