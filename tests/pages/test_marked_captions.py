"""The captions of a review in Markdown: what others say differently is marked, and no sign in them means anything."""

from __future__ import annotations

from labelbuddy_core.domain.text_differences import differences
from pages._caption_differences import conflicts, marked


def test_what_others_say_differently_is_marked_and_nothing_else() -> None:
    texts = ["A track with *vinyl* crackle.", "A track with rain."]
    phrases = [
        {"same": one.same, "texts": list(one.texts), "places": [list(place) for place in one.places]}
        for one in differences(texts)
    ]
    first, second = (marked(text, phrases, place) for place, text in enumerate(texts))
    assert first == r"A track with \*:orange-background[vinyl\* crackle]\."
    assert second == r"A track with :orange-background[rain]\."


def test_what_others_contradict_and_what_nobody_else_says_has_a_ground_of_its_own() -> None:
    text = "A slow tune with a tuba."
    phrases = [{"same": False, "texts": [text[2:], ""], "places": [[2, len(text) - 1], [0, 0]]}]
    claims = [
        {"start": 2, "end": 6, "text": "slow", "facet": "tempo", "against": ["2"], "support": []},
        {"start": 19, "end": 23, "text": "tuba", "facet": "instrument", "against": [], "support": []},
    ]
    assert marked(text, phrases, 0, claims) == (
        r"A :red-background[slow]:orange-background[ tune with a ]:blue-background[tuba]\."
    )
    tags = [{"name": "Rain", "facet": "noise", "against": ["2"], "support": []}]
    assert conflicts({"claims": claims, "tags": tags}, {"2": "ben"}) == [
        "“slow” (tempo) is contradicted by ben",
        "the tag “Rain” (noise) is contradicted by ben",
    ]
