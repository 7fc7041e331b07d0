"""Guessing passwords: many guesses at once count like guesses one after the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from postgresql_server import on_both_databases

from labelbuddy_core.errors import LockedOut, Unauthenticated
from labelbuddy_core.services.accounts import sign_in
from labelbuddy_core.services.accounts.accounts import check_password, hash_password
from labelbuddy_core.services.accounts.sign_in import check_credentials
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.settings import get_settings

PASSWORD = "correct horse battery"


@pytest.fixture
def anna(make_user: Callable[..., Actor]) -> Actor:
    return make_user("anna", password_hash=hash_password(PASSWORD, "anna"))


def _answer(password: str) -> type[Exception] | None:
    try:
        check_credentials("anna", password, "test")
    except (LockedOut, Unauthenticated) as error:
        return type(error)
    return None


@on_both_databases
@pytest.mark.usefixtures("anna")
def test_guesses_made_at_once_are_answered_only_until_the_lock() -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(_answer, [f"guess {number}" for number in range(12)]))
    assert answers.count(Unauthenticated) == get_settings().lockout_attempts
    assert answers.count(LockedOut) == 12 - get_settings().lockout_attempts


@pytest.mark.usefixtures("anna")
def test_a_right_guess_that_ends_after_the_lock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow_check(password: str, password_hash: str) -> bool:
        monkeypatch.setattr(sign_in, "check_password", check_password)
        for number in range(get_settings().lockout_attempts):
            _answer(f"guess {number}")
        return check_password(password, password_hash)

    monkeypatch.setattr(sign_in, "check_password", slow_check)
    assert _answer(PASSWORD) is LockedOut
