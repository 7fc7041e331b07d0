"""`compose.yaml` and the `Dockerfile`: what they name exists, and fits together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from labelbuddy_core.errors import Invalid
from labelbuddy_core.settings import ROOT, Settings

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def environment_of(service: str) -> dict[str, str]:
    named = dict(SERVICES[service]["environment"])
    return {key: "https://labels.example.org" if value.startswith("${") else value for key, value in named.items()}


@pytest.mark.parametrize("service", ["app", "worker"])
def test_every_variable_is_a_setting_and_both_use_the_same_database(
    service: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = environment_of(service)
    known = {f"LABELBUDDY_{name.upper()}" for name in Settings.model_fields}
    assert set(named) <= known
    assert "password" not in named["LABELBUDDY_DATABASE_URL"]
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    secret = tmp_path / "secret"
    secret.write_text("p@ss/word\n")
    monkeypatch.setenv("LABELBUDDY_DATABASE_PASSWORD_FILE", str(secret))
    settings = Settings()
    assert settings.sqlalchemy_url == "postgresql+psycopg://labelbuddy:p%40ss%2Fword@database/labelbuddy"
    assert settings.jobs_database_url.startswith("postgresql+psycopg://labelbuddy:p%40ss%2Fword@database/")


def test_a_password_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_DATABASE_URL", "postgresql+psycopg://a@b/c")
    monkeypatch.setenv("LABELBUDDY_DATABASE_PASSWORD_FILE", "/nowhere/password")
    with pytest.raises(Invalid, match="/nowhere/password"):
        _ = Settings().sqlalchemy_url


def test_whatever_a_service_names_is_declared_and_in_the_checkout() -> None:
    for name, service in SERVICES.items():
        for secret in service.get("secrets", ()):
            assert secret in COMPOSE["secrets"], name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"], volume
        for other, condition in service.get("depends_on", {}).items():
            checked = "healthcheck" in SERVICES[other] or ("HEALTHCHECK" in DOCKERFILE and "build" in SERVICES[other])
            assert condition == {"condition": "service_healthy"}
            assert checked, f"{name} waits for {other}, which has no health check"


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_the_image_gets_all_that_it_copies() -> None:
    copied = {word for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.M) for word in line.split()}
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)
