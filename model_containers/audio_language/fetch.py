"""Get a checkpoint: `python -m model_containers.audio_language.fetch NAME --to FOLDER [--revision REVISION]`.

NAME is one of `checkpoints.CHECKPOINTS`, or the name of any repository on Hugging Face (owner/name). The list of its
files with sizes and checksums comes from the hub; every file is resumed and checked, and the checkpoint gets its name
when all are there.
`HF_TOKEN` is sent to the hub where it is set, `HF_ENDPOINT` names another hub.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import urllib.error
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from model_containers import downloads
from model_containers.audio_language.checkpoints import CHECKPOINTS, FACTS
from model_containers.downloads import DownloadError, Wanted

_HUB = "https://huggingface.co"
_NEEDED = re.compile(
    r"^(?:[\w.-]+\.(?:json|safetensors|jinja|txt|model)|LICENSE[\w.-]*|README\.md"
    r"|think/(?:adapter_config\.json|adapter_model\.safetensors|non_lora_trainables\.bin))$"
)
"""Of the files of a repository: those at the top, and the thinking adapter of Audio Flamingo 3. Weights in other forms
could run code when they are read; the `.bin` is read as tensors alone."""
_MOST_LISTING = 8 * 1024**2


@dataclass(frozen=True)
class Listing:
    """What a repository holds at a commit: files by name."""

    repository: str
    commit: str
    license: str
    files: dict[str, Wanted]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(wanted.size or 0 for wanted in self.files.values())


def listing(repository: str, revision: str = "main", *, hub: str = _HUB, token: str = "") -> Listing:
    """The files of a repository that a checkpoint is made of. Raises `DownloadError`."""
    url = f"{hub}/api/models/{quote(repository)}/revision/{quote(revision, safe='')}?blobs=true"
    try:
        with downloads.open_url(url, _headers(token)) as response:
            about = json.loads(response.read(_MOST_LISTING))
        commit = str(about["sha"])
        files = {
            name: _wanted(one, f"{hub}/{quote(repository)}/resolve/{commit}/{quote(name)}")
            for one in about["siblings"]
            if _NEEDED.match(name := str(one["rfilename"]))
        }
    except urllib.error.HTTPError as error:
        if error.code == 404:
            raise DownloadError(f"{hub} has no {repository!r} at {revision!r}") from None
        raise downloads.refusal(url, error) from None
    except OSError as error:
        raise DownloadError(f"{hub} cannot be reached: {getattr(error, 'reason', error)}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise DownloadError(f"{url} does not answer as Hugging Face does ({type(error).__name__})") from None
    if "config.json" not in files or not any(name.endswith(".safetensors") for name in files):
        raise DownloadError(f"{repository} holds no checkpoint as safetensors with a config.json")
    card = about.get("cardData") or {}
    return Listing(repository, commit, str(card.get("license_name") or card.get("license") or ""), files)


def fetch(found: Listing, target: Path, license_text: str, *, token: str = "") -> bool:
    """Put a checkpoint at `target`; returns whether that was needed. Raises `DownloadError`."""
    if _is_there(target, found):
        return False
    if target.exists():
        raise DownloadError(f"{target} exists and is not {found.repository} at {found.commit}: move it aside")
    coming = target.with_name(f".{target.name}.coming")
    there = sum(path.stat().st_size for path in coming.rglob("*") if path.is_file()) if coming.exists() else 0
    downloads.require_room(target.parent, found.size - there)
    for name, wanted in sorted(found.files.items(), key=lambda one: one[1].size or 0):
        downloads.fetch(wanted, coming / name, headers=_headers(token), told=downloads.progress(name))
    sizes = {name: wanted.size for name, wanted in found.files.items()}
    facts = {"repository": found.repository, "commit": found.commit, "license": license_text, "files": sizes}
    (coming / FACTS).write_text(json.dumps(facts, indent=1), encoding="utf-8")
    coming.rename(target)
    return True


def _is_there(target: Path, found: Listing) -> bool:
    """Whether all files lie there in their size; what they hold was checked when they came."""
    try:
        facts = json.loads((target / FACTS).read_text(encoding="utf-8"))
        return facts["commit"] == found.commit and all(
            (target / name).stat().st_size == wanted.size for name, wanted in found.files.items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _wanted(one: dict[str, Any], url: str) -> Wanted:
    large = one.get("lfs")
    if large:
        return Wanted(url, "sha256", str(large["sha256"]), int(large["size"]))
    return Wanted(url, "git", str(one["blobId"]), int(one["size"]))


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Get a checkpoint of an audio-language model.")
    parser.add_argument("name", help=f"{', '.join(one.name for one in CHECKPOINTS)}, or owner/name on Hugging Face")
    parser.add_argument("--to", type=Path, required=True, help="folder of checkpoints")
    parser.add_argument("--revision", default="main", help="branch, tag or commit (main)")
    options = parser.parse_args(arguments)
    known = next((one for one in CHECKPOINTS if one.name == options.name), None)
    repository = known.repository if known else options.name
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        parser.error(f"{options.name!r} is neither a known checkpoint nor owner/name")
    hub, token = os.environ.get("HF_ENDPOINT", _HUB).rstrip("/"), os.environ.get("HF_TOKEN", "")
    target = options.to / (known.name if known else repository.rsplit("/", 1)[1])
    try:
        found = listing(repository, options.revision, hub=hub, token=token)
        license_text = known.license if known else found.license
        sys.stdout.write(f"{repository} at {found.commit}: {found.size / 1e9:.2f} GB\n")
        sys.stdout.write(f"License: {license_text or 'none given'}\n")
        sys.stdout.flush()
        fetch(found, target, license_text, token=token)
    except (DownloadError, OSError) as error:
        sys.stderr.write(f"{options.name} is not available: {error}\n")
        return 1
    sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
