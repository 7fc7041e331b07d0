"""The captions of a review in Markdown: what others say differently is marked, and no sign in them means anything."""

from __future__ import annotations

from labelbuddy_core.domain.text_differences import differences
from pages._caption_differences import marked


def test_what_others_say_differently_is_marked_and_nothing_else() -> None:
    texts = ["A track with *vinyl* crackle.", "A track with rain."]
    phrases = [
        {"same": one.same, "texts": list(one.texts), "places": [list(place) for place in one.places]}
        for one in differences(texts)
    ]
    first, second = (marked(text, phrases, place) for place, text in enumerate(texts))
    assert first == r"A track with \*:orange-background[vinyl\* crackle]\."
    assert second == r"A track with :orange-background[rain]\."
