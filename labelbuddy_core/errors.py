"""Every error LabelBuddy raises on purpose, typed once.

The web layer turns them into RFC 9457 problem documents, the pages into a message; both read `status`, `title`,
`detail` and `field`. `detail` is written for the person at the screen: what is wrong, where, and what to do.
"""

from __future__ import annotations

from typing import Any, ClassVar


class LabelBuddyError(Exception):
    """Base of all expected errors.

    `kind` is the stable machine name (the last part of the problem document's `type`), `field` names the input that
    is wrong, `extra` holds further members of the problem document (for example the current document on a conflict).
    """

    status: ClassVar[int] = 500
    kind: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, *, field: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.extra = extra


class Unauthenticated(LabelBuddyError):
    """Nobody is signed in, or the session or token is no longer valid."""

    status, kind, title = 401, "unauthenticated", "Please sign in"


class SomebodyElse(LabelBuddyError):
    """The page of one person asks in the session of another: in another tab, somebody else signed in."""

    status, kind, title = 403, "somebody-else", "Somebody else is signed in"


class Forbidden(LabelBuddyError):
    """The person sees the thing but may not do this to it."""

    status, kind, title = 403, "forbidden", "Not allowed"


class NotFound(LabelBuddyError):
    """The thing does not exist for this person."""

    status, kind, title = 404, "not-found", "Not found"


class Conflict(LabelBuddyError):
    """Somebody else changed the thing first; `extra` carries the newer state."""

    status, kind, title = 409, "stale", "Changed in the meantime"


class InvalidState(LabelBuddyError):
    """The action does not fit the state of the thing (for example saving a submitted annotation)."""

    status, kind, title = 409, "invalid-state", "Not possible in this state"


class TooLarge(LabelBuddyError):
    """The request or file is larger than the settings allow."""

    status, kind, title = 413, "too-large", "Too large"


class Invalid(LabelBuddyError):
    """An input is wrong; `field` names it."""

    status, kind, title = 422, "invalid", "Please check the input"


class LockedOut(LabelBuddyError):
    """Too many failed sign-ins; `extra["retry_after"]` is in seconds."""

    status, kind, title = 429, "locked-out", "Too many attempts"


class Busy(LabelBuddyError):
    """The server does as much of this at once as it may; try again in a moment."""

    status, kind, title = 503, "busy", "Busy"


class DatabaseProblem(LabelBuddyError):
    """The database cannot be reached, read, or used by this version; `detail` names it and the remedy."""

    status, kind, title = 503, "database", "The database cannot be used"


class DatabaseNewer(DatabaseProblem):
    """A newer version has used the database."""


class DiskFull(LabelBuddyError):
    """Less free space than the operation needs."""

    status, kind, title = 507, "disk-full", "The disk is full"


class AudioProblem(Invalid):
    """A file is not usable audio; `detail` names the reason and the remedy."""

    kind, title = "audio", "This file cannot be used as audio"


class SpecificationProblem(Invalid):
    """A model specification is wrong; `extra` has `line`, `column`, `expected` and `found` of the first mistake, and
    all of them as `mistakes`."""

    kind, title = "specification", "The model file has a mistake"


class ModelProblem(LabelBuddyError):
    """A model could not be started or did not give a valid answer."""

    status, kind, title = 502, "model", "The model did not answer properly"


class ModelUntrusted(ModelProblem):
    """The certificate of a remote model is not one that this installation trusts; waiting does not help."""

    kind, title = "model", "The model's server is not trusted"


class ModelStopped(ModelProblem):
    """A person stopped the model; it is not for us to start it again."""

    kind, title = "model", "The model was stopped"


class ModelBusy(ModelProblem):
    """A model does for somebody else what it does once at a time; it can be asked again later."""

    kind, title = "model", "The model is busy"


class ModelGone(ModelProblem):
    """A model that ran cannot be reached any more; asking again starts it again."""

    kind, title = "model", "The model stopped"
