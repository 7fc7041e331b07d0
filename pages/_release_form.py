"""The form of a new release: how it is called, what goes in, how it is divided; and what would be left out."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.releases.choices import KINDS
from labelbuddy_core.domain.releases.fields import FIELDS, USUAL
from labelbuddy_core.domain.releases.overlaps import joined_in_words
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports.exports import FORMATS
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.releases import release_previews, releases
from pages._elements import length, plain, showing_errors
from pages._kept_fields import KeptFields

Project = dict[str, Any]
_BEGUN = "_labelbuddy_release_begun"
_WHICH = {
    "consensus": "Ground truth of each task",
    "approved": "Every approved annotation",
    "submitted": "Everything handed in",
}
_AUDIO = {
    "none": "Without audio",
    "paths": "Paths to the API",
    "original": "Original files",
    "clips": "Clips of the tasks (FLAC)",
}
_KIND_NAMES = {"adjudicated": "Adjudicated", "merged": "Merged", "approved": "Only approved one"}
_RATES = (0, 8_000, 16_000, 22_050, 32_000, 44_100, 48_000)
"""In Hz; 0 leaves it as it is."""


def release_fields(project: Project) -> KeptFields:
    """What the form of a project keeps while it, or a part of it, is not looked at."""
    return KeptFields(f"release-{project['id']}")


def new_release(actor: Actor, project: Project, fields: KeptFields, before: list[dict[str, Any]]) -> None:
    """Choose, look at what would be in it and what is left out, and make it."""
    if st.session_state.pop(_BEGUN, False):  # the next one has another version, and usually the same choices
        fields.put("version", "")
        fields.put("note", "")
    said = release_previews.what_recordings_say(actor, project["id"])
    left, right = st.columns(2)
    usual_name = before[0]["name"] if before else project["name"][:80]
    name = left.text_input("Name", max_chars=80, key=fields.field("name", usual_name))
    version = right.text_input("Version", placeholder="1.0", max_chars=40, key=fields.field("version", ""))
    note = st.text_area("Note for readers of the card", key=fields.field("note", ""), max_chars=5000, height=68)
    choices = {**_content(fields), **_audio(fields), **_splits(fields, said)}
    choices |= _rules(fields, said, with_audio=choices["audio"] in ("original", "clips"))
    row = st.container(horizontal=True)
    if row.button("Preview", icon=":material/visibility:", key="release-preview", help="Goes through all tasks"):
        with showing_errors(), st.spinner("Going through the tasks"):
            found = release_previews.preview(actor, project["id"], choices)
            st.session_state["release-previewed"] = {"project": project["id"], "choices": choices, **found}
            if "job" in found:
                st.rerun()  # its progress is at the top of the page
    previewed = st.session_state.get("release-previewed")
    if previewed and (previewed["project"], previewed["choices"]) == (project["id"], choices):
        _previewed(actor, previewed)
    if row.button("Make the release", type="primary", icon=":material/package_2:", key="release-make"):
        with showing_errors():
            releases.begin(
                actor, project["id"], name=name or "", version=version or "", note=note or "", choices=choices
            )
            st.session_state[_BEGUN] = True
            st.toast(f"Release {plain(version or '')} is being made", icon=":material/package_2:")
            st.rerun()


def _content(fields: KeptFields) -> dict[str, Any]:
    left, right = st.columns(2)
    which = left.selectbox(
        "Labels", list(_WHICH), format_func=_WHICH.__getitem__, key=fields.field("which", "consensus")
    )
    kinds = (
        right.pills(
            "Ground truth that counts", KINDS, selection_mode="multi", format_func=_KIND_NAMES.__getitem__,
            key=fields.field("kinds", list(KINDS)),
        )
        if which == "consensus"
        else list(KINDS)
    )  # fmt: skip
    formats = st.multiselect(
        "Formats",
        list(FORMATS),
        format_func=lambda one: FORMATS[one].title,
        key=fields.field("formats", ["jsonl", "csv"]),
    )
    members = st.multiselect(
        "Fields", list(FIELDS), format_func=FIELDS.__getitem__, key=fields.field("fields", list(USUAL)),
        help="What is not chosen is not in any file of the release.",
    )  # fmt: skip
    merge = st.checkbox(
        "Put the tasks of each recording together", key=fields.field("merge", False),
        help="Recordings that were cut into tasks: what the same person marked in the overlap of two tasks counts "
        "once, and what both cut off is joined.",
    )  # fmt: skip
    return {"which": which, "kinds": list(kinds), "formats": formats, "fields": members, "merge": merge}


def _audio(fields: KeptFields) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    audio = left.selectbox("Audio", list(_AUDIO), format_func=_AUDIO.__getitem__, key=fields.field("audio", "none"))
    if audio != "clips":
        return {"audio": audio}
    rate = middle.selectbox(
        "Sample rate",
        _RATES,
        format_func=lambda one: f"{one:,} Hz" if one else "As recorded",
        key=fields.field("rate", 0),
    )
    channels = right.selectbox(
        "Channels",
        (0, 1),
        format_func=lambda one: "Mixed to one" if one else "As recorded",
        key=fields.field("channels", 0),
    )
    return {"audio": audio, "sample_rate": rate or None, "channels": channels or None}


def _splits(fields: KeptFields, said: dict[str, Any]) -> dict[str, Any]:
    row = st.columns([1, 1, 2, 1])
    validation = row[0].number_input(
        "Validation", 0.0, 0.5, step=0.05, key=fields.field("validation", 0.1), help="Share of tasks"
    )
    test = row[1].number_input(
        "Test", 0.0, 0.5, step=0.05, key=fields.field("test", 0.1), help="Share of tasks; 0 makes none."
    )
    group_by = row[2].multiselect(
        "Keep together by", said["attributes"], key=fields.some_of("groups", said["attributes"]),
        help="Recordings that share one of these are in one split; one without them is a group of its own. All "
        "tasks of a recording always are together.",
    )  # fmt: skip
    seed = row[3].number_input("Seed", 0, 2**31, key=fields.field("seed", 0), help="Another number divides otherwise.")
    return {"validation": validation, "test": test, "group_by": group_by, "seed": int(seed)}


def _rules(fields: KeptFields, said: dict[str, Any], *, with_audio: bool) -> dict[str, Any]:
    """What consents and licenses decide; licenses only where there is audio to pass on."""
    left, right = st.columns(2)
    require_consent = left.checkbox(
        "Only recordings with consent", key=fields.field("consent", False),
        help="Leaves out what does not say so in its attribute `consent`. What says no is always left out.",
    )  # fmt: skip
    consents = (
        left.multiselect(
            "Also counts as consent", said["consents"], key=fields.some_of("consents", said["consents"]),
            help="Words in that attribute which are not understood by themselves; without this they keep it back.",
        )
        if said["consents"]
        else []
    )  # fmt: skip
    require_license, licenses = False, []
    if with_audio:
        require_license = right.checkbox(
            "Audio only with a license", key=fields.field("license", False),
            help="Leaves out what has no attribute `license`. What forbids passing it on is always left out.",
        )  # fmt: skip
        if said["licenses"]:
            licenses = right.multiselect(
                "Licenses that let audio be passed on", said["licenses"],
                key=fields.some_of("licenses", said["licenses"]),
                help="Only needed for licenses that would keep a recording back.",
            )  # fmt: skip
    return {
        "require_consent": require_consent,
        "require_license": require_license,
        "consents": consents,
        "licenses": licenses,
    }


def _previewed(actor: Actor, found: dict[str, Any]) -> None:
    """What a preview of these choices found, or how the job stands that looks."""
    if "job" not in found:
        _preview(found)
        return
    with showing_errors():
        job = jobs.get_job(actor, found["job"]["id"])
        match job["state"]:
            case "succeeded":
                _preview(job["result"])
            case "failed" | "cancelled":
                st.error(plain(job["problem"] or "The preview was cancelled."))
            case _:
                st.caption("The preview goes through all tasks; its progress is at the top of the page.")


def _preview(found: dict[str, Any]) -> None:
    figures = found["figures"]
    splits = [
        {
            "Split": name,
            "Tasks": one["tasks"],
            "Recordings": one["recordings"],
            "Length": length(one["seconds"]),
            "Events": one["events"],
            "Tags": one["tags"],
        }
        for name, one in figures["splits"].items()
    ]
    st.dataframe(pd.DataFrame(splits), hide_index=True, width="stretch", key="release-splits-shown")
    for warning in found["warnings"]:
        st.warning(plain(warning), icon=":material/warning:")
    if joined := joined_in_words(figures.get("joined", {})):
        st.info(plain(joined), icon=":material/join:")
    if figures["labels"]:
        labels = [
            {"Label": one["label"], **{name.title(): one[name] for name in figures["splits"]}}
            for one in figures["labels"]
        ]
        st.caption("Tasks in which a label occurs")
        st.dataframe(pd.DataFrame(labels), hide_index=True, width="stretch", key="release-labels-shown")
    if not found["left_out"]:
        st.success("Nothing is left out.")
        return
    total = sum(one["count"] for one in found["left_out"])
    st.markdown(f"**{counted(total, 'task is', 'tasks are')} left out**")
    rows = [
        {"Tasks": one["count"], "Why": one["reason"], "For example": ", ".join(one["recordings"])}
        for one in found["left_out"]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", key="release-left-out-shown")
