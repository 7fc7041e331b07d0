"""The steps of a headphones check: one sound and one question at a time, answered by buttons or the keys 1 to 3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from labelbuddy_core.domain.headphone_check import TRIALS, Answers, Side
from labelbuddy_core.services.accounts import headphone_check_sounds as sounds
from labelbuddy_core.services.accounts import preferences
from labelbuddy_core.services.actors import Actor

VOLUME, SIDES, POLARITY, FIRST_TONES = 0, 1, 2, 3
STEPS = FIRST_TONES + TRIALS
_FIRST, _SECOND, _NEITHER = 1, 2, 3
_SIDES = {_FIRST: Side.LEFT, _SECOND: Side.RIGHT, _NEITHER: None}
_IN_PHASE = {_FIRST: 1, _SECOND: 2, _NEITHER: None}


@dataclass
class Check:
    """A check that somebody is at: `chosen` has the number of each answer, `plays` how often a sound was asked for."""

    seed: int
    device: str
    chosen: list[int] = field(default_factory=list)
    plays: int = 0

    @property
    def step(self) -> int:
        return len(self.chosen)

    def choose(self, step: int, number: int) -> None:
        """Answer a step, and go on to the next; what is answered already stays, however often a key is pressed."""
        if step == self.step:
            self.chosen.append(number)
            self.plays = 0

    def go_back(self) -> None:
        """Take the last answer back, which a key may have given too early."""
        self.chosen.pop()
        self.plays = 0

    def play_again(self) -> None:
        self.plays += 1

    @property
    def answers(self) -> Answers | None:
        """All answers; None before the last one."""
        if self.step < STEPS:
            return None
        return Answers(
            first_side=_SIDES[self.chosen[SIDES]],
            in_phase=_IN_PHASE[self.chosen[POLARITY]],
            quietest=tuple(self.chosen[FIRST_TONES:]),
        )


def sound_and_answers(check: Check, actor: Actor) -> Answers | None:
    """Draw the step that a check is at; the answers when it is over."""
    if check.answers is not None:
        return check.answers
    st.progress(check.step / STEPS, text=f"Step {check.step + 1} of {STEPS}")
    if check.step == VOLUME:
        _volume(check, actor)
    elif check.step == SIDES:
        _ask(
            check,
            "Left and right",
            "You hear noise in one ear, then in the other. **In which ear does it begin?**",
            ["Left", "Right", "Both sides, or I cannot tell"],
        )
    elif check.step == POLARITY:
        _ask(
            check,
            "Polarity",
            "You hear two low noises. One is in the middle of your head; the other has no clear place, or is outside. "
            "**Which one is in the middle?**",
            ["The first", "The second", "No difference"],
        )
    else:
        _ask(
            check,
            f"Tones, {check.step - FIRST_TONES + 1} of {TRIALS}",
            "You hear three low tones. **Which one is the quietest?** If you are not sure, take the likeliest.",
            ["The first", "The second", "The third"],
        )
    return None


def _volume(check: Check, actor: Actor) -> None:
    st.subheader("Volume")
    st.markdown(
        "Play the noise and set the volume of your computer so that it is **comfortable, like somebody who talks "
        "beside you**. Begin quietly. Then leave the volume as it is: leveled recordings are as loud as this noise."
    )
    noise = sounds.volume_sound(preferences.get_preferences(actor).loudness)
    st.audio(noise, loop=True, alt="Noise to set the volume by")
    st.button("It is comfortable", type="primary", shortcut="1", on_click=check.choose, args=(VOLUME, _FIRST))


def _ask(check: Check, title: str, question: str, answers: Sequence[str]) -> None:
    st.subheader(title)
    st.markdown(question)
    st.audio(_sound(check.seed, check.step, check.plays), autoplay=True, alt=f"Sound of step {check.step + 1}")
    row = st.container(horizontal=True)
    for number, says in enumerate(answers, start=1):
        key = f"headphones-{check.step}-{number}"
        row.button(says, key=key, shortcut=str(number), on_click=check.choose, args=(check.step, number))
    again = f"headphones-{check.step}-again"
    row.button(
        "Play again", key=again, icon=":material/replay:", type="tertiary", shortcut="p", on_click=check.play_again
    )
    back = f"headphones-{check.step}-back"
    row.button(
        "Back", key=back, icon=":material/undo:", type="tertiary", help="To the last step", on_click=check.go_back
    )


def _sound(seed: int, step: int, plays: int) -> bytes:
    """The file of a step; asked for again, it is another one, so that the browser plays it again."""
    if step == SIDES:
        return sounds.sides_sound(seed, plays)
    if step == POLARITY:
        return sounds.polarity_sound(seed, plays)
    return sounds.tones_sound(seed, step - FIRST_TONES, plays)
