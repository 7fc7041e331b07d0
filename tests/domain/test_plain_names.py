"""Names are one line of visible text, whatever they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core.domain.label_sets import complete
from labelbuddy_core.domain.plain_names import one_line, readable
from labelbuddy_core.domain.releases.choices import checked_name
from labelbuddy_core.domain.review_reasons import checked_reasons
from labelbuddy_core.domain.tiers import checked_tiers
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.accounts import accounts, tokens
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import projects

ASKED = {"name": "Size", "kind": "choice", "choices": ["big", "small"]}


@pytest.mark.parametrize("sign", ["\x00", "\n", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\ud800"])
def test_a_control_character_is_refused_with_its_number_and_not_shown(sign: str) -> None:
    with pytest.raises(Invalid, match=rf"'a·b' has .*U\+{ord(sign):04X}, character 2") as refused:
        one_line(f"a{sign}b", "name")
    assert refused.value.field == "name"


@pytest.mark.parametrize("name", ["Zoë’s 2nd “take”", "犬の声", "👩‍🚀", "a\u00a0b", "كلب"])
def test_what_people_write_stays(name: str) -> None:
    assert one_line(name, "name") == name


def test_a_longer_text_has_lines_and_tabs_but_no_nul() -> None:
    assert readable("one\n\ttwo\r\n", "note") == "one\n\ttwo\r\n"
    with pytest.raises(Invalid):
        readable("one\x00", "note")


@pytest.mark.parametrize(
    ("give", "field"),
    [
        (lambda: complete([{"name": "Dog"}, {"name": "Ca\nt"}]), "labels.1.name"),
        (lambda: complete([{"name": "Dog", "id": "d\x00"}]), "labels.0.id"),
        (lambda: complete([{"name": "Dog", "key": "\x00"}]), "labels.0.key"),
        (lambda: complete([{"name": "Dog", "description": "\x00"}]), "labels.0.description"),
        (lambda: complete([{"name": "Dog", "vocabulary": "own", "words": ["a\tb"]}]), "labels.0.words"),
        (lambda: complete([{"name": "Dog", "attributes": [{**ASKED, "name": "a\tb"}]}]), "labels.0.attributes.0.name"),
        (
            lambda: complete([{"name": "Dog", "attributes": [{**ASKED, "choices": ["a\tb", "c"]}]}]),
            "labels.0.attributes.0.choices",
        ),
        (lambda: checked_tiers(["Voice", "\x00"]), "tiers.1"),
        (lambda: checked_reasons(["a\x00"]), "review_reasons"),
        (lambda: checked_name("a\x00"), "name"),
    ],
)
def test_every_name_is_held_to_it(give: Callable[[], Any], field: str) -> None:
    with pytest.raises(Invalid, match="has a control character") as refused:
        give()
    assert refused.value.field == field


def test_projects_people_and_tokens_are_held_to_it_too(make_user: Callable[..., Actor]) -> None:
    actor = make_user("ada", is_administrator=True)
    with pytest.raises(Invalid, match="has a control character"):
        projects.create_project(actor, name="a\x00", template="sound-events")
    with pytest.raises(Invalid, match="has a control character"):
        tokens.create_token(actor, name="a\x00")
    with pytest.raises(Invalid, match="has a control character"):
        accounts.create_user(actor, {"username": "ben", "password": "correct horse 1", "name": "a\x00"})
