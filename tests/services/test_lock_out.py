"""Guessing passwords: many guesses at once count like guesses one after the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from labelbuddy_core.errors import LockedOut, Unauthenticated
from labelbuddy_core.services.accounts import hash_password
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.sign_in import check_credentials
from labelbuddy_core.settings import get_settings

PASSWORD = "correct horse battery"


def test_guesses_made_at_once_are_answered_only_until_the_lock(make_user: Callable[..., Actor]) -> None:
    make_user("anna", password_hash=hash_password(PASSWORD, "anna"))

    def guess(number: int) -> type[Exception] | None:
        try:
            check_credentials("anna", PASSWORD if number == 11 else f"guess {number}", "test")
        except (LockedOut, Unauthenticated) as error:
            return type(error)
        return None

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count(Unauthenticated) <= get_settings().lockout_attempts
    assert answers.count(LockedOut) >= 12 - get_settings().lockout_attempts - 1
