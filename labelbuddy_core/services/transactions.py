"""How a use case gets its transaction: a service function is marked `reads` or `writes`.

The function is written with a session as its first parameter; its callers (pages, routes, the worker) leave it out.
Inside another service, call the function's private parts, or `inner(function)(session, …)`, so that one use case is
one transaction.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.errors import Forbidden
from labelbuddy_core.services.actors import Actor

P = ParamSpec("P")
R = TypeVar("R")


def reads(function: Callable[Concatenate[Session, P], R]) -> Callable[P, R]:
    """The function with a read-only session supplied; everything it returns must be loaded."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with get_database().read() as session:
            return function(session, *args, **kwargs)

    return call


def writes(function: Callable[Concatenate[Session, P], R]) -> Callable[P, R]:
    """The function inside one write transaction: committed when it returns, undone when it raises.

    Raises `Forbidden` when the acting person came with a read-only token.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = args[0] if args else kwargs.get("actor")
        if isinstance(actor, Actor):
            require_writer(actor)
        with get_database().write() as session:
            return function(session, *args, **kwargs)

    return call


def require_writer(actor: Actor) -> None:
    """Raises `Forbidden` when the acting person came with a read-only token."""
    if not actor.can_write:
        raise Forbidden("This token may only read.")


def inner(function: Callable[P, R]) -> Callable[..., R]:
    """The function below `reads` or `writes`, taking the caller's session first."""
    return cast(Callable[..., R], function.__wrapped__)  # type: ignore[attr-defined]
