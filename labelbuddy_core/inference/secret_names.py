"""Names of secrets, and what looks like a secret itself and must not stand in a model file."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")
_TELLING_KEY = re.compile(r"(?:^|_)(?:TOKEN|KEY|PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIALS?)$", re.I)
_PREFIXED = re.compile(r"^(?:hf_|sk-|sk_|ghp_|gho_|github_pat_|glpat-|xox[a-z]-|AKIA|AIza|eyJ)[\w.+/=-]{12,}$")
_RANDOM = re.compile(r"^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/=_-]{32,}$")
REMEDY = "store it with `labelbuddy secret set NAME`"


class SecretReference(BaseModel):
    """A value that is kept elsewhere, under a name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: str = Field(pattern=NAME.pattern, description="Name of the secret whose value is filled in.")


def looks_like_a_secret(value: str) -> bool:
    """Whether a text has the form of an access token."""
    return bool(_PREFIXED.match(value) or _RANDOM.match(value))


def checked_token_name(name: str) -> str:
    """`token` as it was given. Raises `ValueError` when it is no name, or rather a token itself."""
    if looks_like_a_secret(name):
        raise ValueError(f"this looks like a token itself; {REMEDY} and write its name here")
    if not NAME.match(name):
        raise ValueError(
            "the name of a secret begins with a letter and has at most 40 letters, digits, hyphens and underscores; "
            f"{REMEDY}"
        )
    return name


def refuse_literal_secret(key: str, value: str) -> None:
    """Raises `ValueError` when an environment variable would hold a secret in plain text."""
    if value and (_TELLING_KEY.search(key) or looks_like_a_secret(value)):
        raise ValueError(f"a secret must not stand in the file; {REMEDY} and write `{key}: {{secret: NAME}}`")
