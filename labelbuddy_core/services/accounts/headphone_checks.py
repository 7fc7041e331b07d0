"""Headphones checks: a person does one, and managers see who of their project passed, when, and with what."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import HeadphoneCheck
from labelbuddy_core.domain.headphone_check import MOST_SEED, Answers, course, outcome
from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads, writes

MOST_SHOWN = 20
MAX_DEVICE = 80


def new_seed() -> int:
    """A seed that nobody can guess, for a check that nobody can foresee."""
    return secrets.randbelow(MOST_SEED)


@writes
def keep_check(session: Session, actor: Actor, *, seed: int, answers: Answers, device: str) -> dict[str, Any]:
    """Judge my answers to the check of a seed and keep what came out; returns {passed, sides, polarity, correct, …}.

    Raises `Invalid` for a device that is not named, or for answers that are missing.
    """
    worn = one_line(" ".join(device.split()), "device")
    if not 1 <= len(worn) <= MAX_DEVICE:
        raise Invalid(f"Say what you wear, in at most {MAX_DEVICE} characters.", field="device")
    found = outcome(course(seed), answers)
    kept = HeadphoneCheck(
        user_id=actor.id,
        device=worn,
        seed=seed,
        answers=asdict(answers),
        sides=found.sides,
        polarity=found.polarity,
        correct=found.correct,
        passed=found.passed,
    )
    session.add(kept)
    session.flush()
    record(session, actor, "headphones.checked", f"user:{actor.id}", passed=found.passed, device=worn)
    return _presented(kept)


@reads
def my_checks(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """My latest checks, the newest first."""
    mine = select(HeadphoneCheck).where(HeadphoneCheck.user_id == actor.id)
    return [_presented(one) for one in session.scalars(mine.order_by(HeadphoneCheck.id.desc()).limit(MOST_SHOWN))]


def latest_checks(session: Session, users: Collection[int]) -> dict[int, dict[str, Any]]:
    """The newest check of each of these users who did one, in the transaction of a caller that knows who may see it."""
    newest = select(func.max(HeadphoneCheck.id)).where(HeadphoneCheck.user_id.in_(users))
    rows = session.scalars(select(HeadphoneCheck).where(HeadphoneCheck.id.in_(newest.group_by(HeadphoneCheck.user_id))))
    return {one.user_id: _presented(one) for one in rows}


def _presented(check: HeadphoneCheck) -> dict[str, Any]:
    return {
        "passed": check.passed,
        "sides": check.sides,
        "polarity": check.polarity,
        "correct": check.correct,
        "device": check.device,
        "at": iso(check.at),
    }
