"""Headphones: a check of what I listen with, in three minutes by ear and keyboard, and what came out of my checks."""

from __future__ import annotations

import streamlit as st

from labelbuddy_core.domain.headphone_check import NEEDED, TRIALS
from labelbuddy_core.services.accounts import headphone_checks
from pages._elements import plain
from pages._headphone_steps import Check, sound_and_answers
from pages._session import require_actor

_CHECK = "_labelbuddy_headphone_check"
_DONE = "_labelbuddy_headphone_result"
_SHOWN_BEFORE = 10

actor = require_actor()
st.title("Headphones check")


def begin(device: str) -> None:
    """A new check on this device."""
    st.session_state.pop(_DONE, None)
    st.session_state[_CHECK] = Check(seed=headphone_checks.new_seed(), device=device)


def leave() -> None:
    """Stop the check; nothing of it is kept."""
    del st.session_state[_CHECK]


def explain(check: dict) -> None:
    """What an outcome means, and what to do about it."""
    if check["passed"]:
        st.success(
            f"**Passed** on “{plain(check['device'])}”: left and right are right, both channels have the same "
            f"polarity, and you heard the quietest tone {check['correct']} of {TRIALS} times.",
            icon=":material/check_circle:",
        )
        return
    st.warning(f"**Not passed** on “{plain(check['device'])}”. What stood out:", icon=":material/hearing:")
    if not check["sides"]:
        st.markdown(
            "- **Left and right**: the noise began in the other ear. Turn the headphones round, and switch off *mono "
            "audio* in the system's settings for hearing."
        )
    if not check["polarity"]:
        st.markdown(
            "- **Polarity**: the noise that is the same in both ears did not sit in the middle of your head. Switch "
            "off surround, spatial or “3D” sound; if it stays, the wires of one side may be swapped: try another pair."
        )
    if check["correct"] < NEEDED:
        st.markdown(
            f"- **Tones**: you found the quietest tone {check['correct']} of {TRIALS} times; {NEEDED} are needed. Over "
            "loudspeakers it cannot be found. With headphones on: louder, and in a quieter room."
        )


running: Check | None = st.session_state.get(_CHECK)
if running is not None:
    answers = sound_and_answers(running, actor)
    if answers is not None:
        st.session_state[_DONE] = headphone_checks.keep_check(
            actor, seed=running.seed, answers=answers, device=running.device
        )
        leave()
        st.rerun()
    st.button("Stop the check", type="tertiary", on_click=leave)
    st.stop()

mine = headphone_checks.my_checks(actor)
if done := st.session_state.get(_DONE):
    explain(done)
about, start = st.columns([3, 2], gap="large")
with about:
    st.markdown(
        "Beats, onsets and quiet sounds are marked best over headphones. This check finds out whether yours do what "
        "they should. It takes about three minutes, and you need nothing but your ears and the keys `1`, `2`, `3`:\n\n"
        "1. **Volume**: set it once by a noise that is as loud as your recordings, then leave it.\n"
        "2. **Left and right**: in which ear a noise begins.\n"
        "3. **Polarity**: which of two noises is in the middle of your head.\n"
        f"4. **Tones**: which of three is the quietest, {TRIALS} times. Over loudspeakers that cannot be heard, for "
        "one of the tones cancels itself in the room.\n\n"
        "Sounds are made here from a random number; nothing is downloaded and nothing is recorded. Managers of your "
        "projects see the last result, its date and what you wore."
    )
with start, st.form("begin", border=True):
    device = st.text_input(
        "What do you wear?",
        value=mine[0]["device"] if mine else "",
        max_chars=headphone_checks.MAX_DEVICE,
        placeholder="For example: wired over-ear, HD 600",
    )
    st.caption("Put them on now. Take a quiet place, and do not change the volume after the first step.")
    if st.form_submit_button("Begin", type="primary", icon=":material/headphones:"):
        if device.strip():
            begin(device)
            st.rerun()
        st.error("Say what you wear, so that you can tell results apart later.")

if mine:
    st.subheader("My checks")
    st.dataframe(
        [
            {
                "When": one["at"],
                "Worn": one["device"],
                "Result": "Passed" if one["passed"] else "Not passed",
                "Left and right": "Correct" if one["sides"] else "Wrong",
                "Polarity": "Correct" if one["polarity"] else "Wrong",
                "Tones": f"{one['correct']} of {TRIALS}",
            }
            for one in mine[:_SHOWN_BEFORE]
        ],
        hide_index=True,
        column_config={"When": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")},
    )
