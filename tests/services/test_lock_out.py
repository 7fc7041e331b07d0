"""Guessing passwords: many guesses at once count like guesses one after the other, and wrong ones tell nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from postgresql_server import on_both_databases

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import FailedSignIns, User
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


def _refused(username: str, password: str) -> str:
    with pytest.raises((Unauthenticated, LockedOut)) as refusal:
        check_credentials(username, password, "test")
    return refusal.value.detail


def _deactivate(person: Actor, **values: str) -> None:
    with get_database().write() as session:
        user = session.get_one(User, person.id)
        user.active = False
        for name, value in values.items():
            setattr(user, name, value)


def test_who_knows_the_password_of_a_deactivated_account_is_told_that_it_is_one(anna: Actor) -> None:
    _deactivate(anna)
    assert _refused("anna", PASSWORD) == "This account was deactivated. Ask an administrator."


def test_a_wrong_password_of_a_deactivated_account_is_answered_as_that_of_nobody(anna: Actor) -> None:
    _deactivate(anna)
    assert _refused("anna", "guess") == _refused("nobody", "guess") == "The username or the password is wrong."


def test_the_password_of_a_deactivated_account_counts_as_a_failed_attempt(anna: Actor) -> None:
    _deactivate(anna)
    for _ in range(get_settings().lockout_attempts):
        _refused("anna", PASSWORD)
    assert _refused("anna", PASSWORD).startswith("Too many failed attempts.")


def test_people_without_a_password_take_as_long_as_others(anna: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    _deactivate(anna, password_hash="!")
    checked = []
    monkeypatch.setattr(sign_in, "check_password", lambda _, hashed: bool(checked.append(hashed)))
    _refused("anna", "guess")
    assert [one[:4] for one in checked] == ["$2b$"]


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(("seconds", "wait"), [(50, "1 minute"), (290, "5 minutes")])
def test_who_is_locked_out_is_told_for_how_many_minutes(seconds: int, wait: str) -> None:
    until = now() + timedelta(seconds=seconds)
    with get_database().write() as session:
        session.add(FailedSignIns(kind="account", key="anna", failures=5, first_at=now(), locked_until=until))
    assert _refused("anna", PASSWORD) == f"Too many failed attempts. Try again in {wait}."
