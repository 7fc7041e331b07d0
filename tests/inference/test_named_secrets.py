"""Secrets by name: kept where only LabelBuddy reads them, and seen nowhere else."""

from __future__ import annotations

import io
import logging
import stat
import sys
from pathlib import Path

import pytest

from labelbuddy_core import cli
from labelbuddy_core.errors import Invalid, ModelProblem
from labelbuddy_core.inference.model_logs import BoundedLog
from labelbuddy_core.inference.secrets import (
    container_environment,
    missing_secrets,
    read_secret,
    secret_names,
    write_secret,
)
from labelbuddy_core.inference.specification import parse_specification
from labelbuddy_core.services.installation import backups
from labelbuddy_core.settings import Settings, get_settings

VALUE = "hunter2-hunter2"


def test_a_secret_set_on_the_command_line_is_for_this_account_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(VALUE + "\n"))
    assert cli.main(["secret", "set", "hf"]) == 0
    file = settings.data / "secrets" / "hf"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert read_secret(settings, "hf") == VALUE
    assert cli.main(["secret", "list"]) == 0
    said = capsys.readouterr()
    assert "hf  (file)" in said.out
    assert VALUE not in said.out + said.err
    assert cli.main(["secret", "remove", "hf"]) == 0
    assert secret_names(settings) == []


def test_the_environment_comes_before_the_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_secret(settings, "lab-server", "from the file")
    monkeypatch.setenv("LABELBUDDY_SECRET_LAB_SERVER", "from the environment")
    assert read_secret(settings, "lab-server") == "from the environment"
    assert ("lab-server", "environment") in secret_names(settings)


def test_a_secret_that_is_not_set_is_explained(settings: Settings) -> None:
    with pytest.raises(ModelProblem, match="labelbuddy secret set hf"):
        read_secret(settings, "hf")


@pytest.mark.parametrize("name", ["../x", "", "a b", "/etc/passwd", "a" * 41])
def test_a_name_never_leads_out_of_the_folder(settings: Settings, name: str) -> None:
    with pytest.raises(Invalid, match="name of a secret"):
        write_secret(settings, name, VALUE)


@pytest.mark.parametrize("value", ["", "  ", "two\nlines", "x" * 20_000])
def test_a_value_is_one_line(settings: Settings, value: str) -> None:
    with pytest.raises(Invalid, match="one line"):
        write_secret(settings, "hf", value)


def test_a_container_gets_its_secrets_filled_in(settings: Settings) -> None:
    found = parse_specification("image: a\nenvironment: {HF_TOKEN: {secret: hf}, MODE: fast}")
    assert missing_secrets(settings, found) == ["hf"]
    write_secret(settings, "hf", VALUE)
    assert container_environment(settings, found) == {"HF_TOKEN": VALUE, "MODE": "fast"}
    assert missing_secrets(settings, found) == []


def test_a_secret_never_appears_in_a_log(settings: Settings) -> None:
    write_secret(settings, "logged", "only-in-this-test-4711")
    value = read_secret(settings, "logged")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    log = logging.getLogger("somebody.elses.library")
    log.addHandler(handler)
    try:
        log.warning("Authorization: Bearer " + value)
        log.warning("token=%s and %d", value, 5)
        log.warning("%r", {"token": value})
        try:
            raise ValueError(f"bad token {value}")
        except ValueError:
            log.exception("it failed")
    finally:
        log.removeHandler(handler)
    assert "token=[secret] and 5" in written.getvalue()
    assert "ValueError: bad token [secret]" in written.getvalue()
    assert value not in written.getvalue()


def test_a_backup_has_secrets_only_when_asked(settings: Settings, data_folder: Path, tmp_path: Path) -> None:
    write_secret(settings, "hf", VALUE)
    backups.back_up(settings, tmp_path / "plain.tar", lambda _: None)
    assert VALUE.encode() not in (tmp_path / "plain.tar").read_bytes()
    backups.back_up(settings, tmp_path / "all.tar", lambda _: None, secrets=True)
    assert stat.S_IMODE((tmp_path / "all.tar").stat().st_mode) == 0o600
    (data_folder / "secrets" / "hf").unlink()
    backups.restore(get_settings(), tmp_path / "all.tar", lambda _: None, replace=True)
    assert read_secret(settings, "hf") == VALUE
    assert stat.S_IMODE((data_folder / "secrets" / "hf").stat().st_mode) == 0o600


def test_a_secret_that_a_model_writes_is_not_in_its_log(settings: Settings, tmp_path: Path) -> None:
    write_secret(settings, "hf", VALUE)
    read_secret(settings, "hf")
    BoundedLog(tmp_path / "m.log").write(f"HF_TOKEN={VALUE}\n".encode())
    assert (tmp_path / "m.log").read_text() == "HF_TOKEN=[secret]\n"
