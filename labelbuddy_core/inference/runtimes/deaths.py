"""Why a model ended, in one sentence with what to do about it."""

from __future__ import annotations

import re

_MB = 1024**2
_MOST_SAID = 500

# Exit statuses as shells and container engines give them: 128 + the signal's number.
_STATUSES = {
    126: "its command cannot be executed: check ENTRYPOINT and CMD, and that the image is for this processor",
    127: "its command was not found in the image: check ENTRYPOINT and CMD",
    132: "its program uses instructions that this processor does not have: build it for an older processor",
    134: "its program gave up by itself (SIGABRT)",
    135: "its program used memory that does not exist (SIGBUS): raise resources.shm if it shares memory",
    137: "it was killed from outside (SIGKILL), not for its memory",
    139: "its program crashed (segmentation fault)",
    143: "it was stopped from outside (SIGTERM)",
}

TOO_MANY_PROCESSES = "It reached the most processes and threads that it may have (256): let it start fewer workers."

_HINTS = (
    (
        r"No space left on device|ENOSPC|errno 28",
        "It filled its disk: /tmp holds 256 MB; write less there, or keep files in /data.",
    ),
    (
        r"Resource temporarily unavailable|can't start new thread|Cannot fork|BlockingIOError|pthread_create",
        TOO_MANY_PROCESSES,
    ),
    (
        r"Read-only file system|EROFS",
        "Its root file system is read-only: let it write to /tmp or /data.",
    ),
    (
        r"Temporary failure in name resolution|Network is unreachable|Name or service not known",
        "It has no network: put weights and everything else it downloads into the image.",
    ),
    (
        r"MemoryError|std::bad_alloc|Cannot allocate memory|DefaultCPUAllocator",
        "It ran out of memory: raise resources.memory in its file.",
    ),
    (
        r"CUDA out of memory",
        "The GPU has not enough memory for it: send less audio, or stop other models on the GPU.",
    ),
    (
        r"exec format error",
        "It is built for another processor: build the image for this machine.",
    ),
)


def needs_memory(memory: int) -> str:
    """What to say when a model was ended for using more than `memory` bytes."""
    return f"The model needs more than {_size(memory)} of memory: raise resources.memory in its file."


def ended(status: int | None, said: str, *, starting: bool) -> str:
    """What to say about a model that ended with an exit status, having written `said` last."""
    when = "while it started" if starting else "while it ran"
    last = _last_lines(said)
    cause = _STATUSES.get(status or 0)
    reason = f": {cause}" if cause else ""
    words = f" It wrote last: {last}" if last else " It wrote nothing."
    return " ".join(part for part in (f"The model ended {when} (status {status}){reason}.{words}", hint(said)) if part)


def hint(said: str) -> str:
    """What to do about the trouble that a model's words tell of; empty when nothing is recognized."""
    for pattern, remedy in _HINTS:
        if re.search(pattern, said, re.I):
            return remedy
    return ""


def remedy(problem: str, said: str, processes: int | None, most_processes: int) -> str:
    """What to do about a problem of a model that still runs: by the problem, what it wrote, and how much it started."""
    found = hint(problem) or hint(said)
    full = processes is not None and processes >= most_processes - 2
    return found or (TOO_MANY_PROCESSES if full else "")


def _last_lines(said: str) -> str:
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    return " / ".join(lines[-3:])[-_MOST_SAID:]


def _size(amount: int) -> str:
    return f"{amount / 1024**3:g} GB" if amount % 1024**3 == 0 else f"{amount // _MB} MB"
