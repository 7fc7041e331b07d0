"""Who annotated what is imported: members of the project, or people without an account who are kept by their name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import delete, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Membership, OutsideAuthor, User
from labelbuddy_core.domain.label_sets import slug
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.written_files import fitting
from labelbuddy_core.services.imports.import_choices import OUTSIDE, ImportChoices

_UNUSABLE = "!"
"""No password has this hash."""


class Authors:
    """Finds people by what files call them."""

    def __init__(self, session: Session, project_id: int, choices: ImportChoices) -> None:
        self._choices = choices
        members = session.execute(
            select(User.id, User.username, User.name, User.email)
            .where(User.id.in_(select(Membership.user_id).where(Membership.project_id == project_id)))
            .order_by(User.id.desc())
        ).all()
        self._usernames = {username: number for number, username, _, _ in members}
        self._known: dict[str, int] = {}
        self._outside: dict[str, int] = {}
        self._known.update({name.casefold(): number for number, _, name, _ in members if name})
        self._known.update({email.casefold(): number for number, _, _, email in members if email})
        self._known.update(self._usernames)  # wins over an e-mail address, and that over a name
        for number, username, name in session.execute(
            select(User.id, User.username, OutsideAuthor.name).join(OutsideAuthor, OutsideAuthor.user_id == User.id)
        ):
            self._outside[name.casefold()] = number
            self._known.setdefault(name.casefold(), number)
            self._known.setdefault(username, number)
        written = Counter(fitting(one) for one in self._known)
        for one, number in list(self._known.items()):  # files of our archives are named after them
            if written[fitting(one)] == 1:
                self._known.setdefault(fitting(one), number)
        self._by_id = dict(session.execute(select(User.id, User.username)).tuples().all())
        wrong = [one for one in choices.authors.values() if one not in (None, OUTSIDE, *self._usernames)]
        if wrong:
            raise Invalid(f"{wrong[0]!r} is no member of this project.", field="authors")

    def called(self, name: str) -> str:
        """The name an author goes by: that of the choices where the files name none."""
        return " ".join(name.split())[:120] or self._choices.author

    def left_out(self, name: str) -> bool:
        """Whether what this person annotated stays out."""
        return name in self._choices.authors and self._choices.authors[name] is None

    def find(self, name: str) -> int | None:
        """The person's id, None for somebody who would be new."""
        chosen = self._choices.authors.get(name)
        if chosen == OUTSIDE:
            return self._outside.get(name.casefold())
        return self._usernames[chosen] if chosen is not None else self._known.get(name.casefold())

    def username(self, name: str) -> str | None:
        """The person's username, None for somebody who would be new."""
        number = self.find(name)
        return None if number is None else self._by_id[number]

    def ensure(self, session: Session, name: str) -> int:
        """The person's id; somebody new is kept by their name."""
        number = self.find(name)
        if number is None:
            added = _added_meanwhile(session, name) or _add(session, name)
            number = added.id
            self._outside[name.casefold()], self._by_id[number] = number, added.username
            self._known.setdefault(name.casefold(), number)
        return number


def _added_meanwhile(session: Session, name: str) -> User | None:
    """The person of this name whom another import has kept since this one looked."""
    return session.scalar(
        select(User).join(OutsideAuthor, OutsideAuthor.user_id == User.id).where(OutsideAuthor.name == name)
    )


def _add(session: Session, name: str) -> User:
    base, number = slug(name)[:50], 1
    username = base + OUTSIDE
    while session.scalar(select(exists().where(User.username == username))):
        number += 1
        username = f"{base}-{number}{OUTSIDE}"
    user = User(username=username, name=name, email="", password_hash=_UNUSABLE, active=False)
    try:
        with session.begin_nested():
            session.add(user)
            session.flush()
            session.add(OutsideAuthor(user_id=user.id, name=name))
    except IntegrityError:  # another import was faster, in a transaction that ended just now
        found = _added_meanwhile(session, name)
        if found is None:
            raise
        return found
    return user


def forget_idle(session: Session, user_ids: Iterable[int]) -> int:
    """Remove those of these people without an account who annotated nothing any more; returns how many."""
    idle = [
        number
        for number in session.scalars(select(OutsideAuthor.user_id).where(OutsideAuthor.user_id.in_(list(user_ids))))
        if not session.scalar(select(func.count()).where(Annotation.user_id == number))
    ]
    session.execute(delete(User).where(User.id.in_(idle)))
    return len(idle)
