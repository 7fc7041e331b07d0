"""The tab of the project page about releases: those there are, with downloads and checksums, and a new one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.states import JobState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.releases import release_comparisons, release_files, releases
from pages._dialogs import dialog
from pages._elements import Pager, empty_state, length, plain, showing_errors
from pages._release_differences import compare
from pages._release_form import new_release, release_fields

Project = dict[str, Any]
_STATES = {
    "making": ("Being made", "blue"),
    "published": ("Published", "green"),
    "withdrawn": ("Withdrawn", "orange"),
    "deleted": ("Files deleted", "gray"),
}
_UNFINISHED = ("Not finished", "red")
_CANCELLED = ("Cancelled", "gray")
_PAGE = 10
_NEW, _COMPARE = ":material/add: New release", ":material/difference: What changed between two"


def releases_tab(actor: Actor, project: Project) -> None:
    """The form of a new release, or how two of them differ, when asked for; and all releases, newest first."""
    fields = release_fields(project)
    pager = Pager("releases", project["id"])
    found = releases.list_releases(actor, project["id"], limit=_PAGE, cursor=pager.cursor)
    rows = found["items"]
    readable = release_comparisons.list_comparable(actor, project["id"])
    parts = [_NEW, _COMPARE] if len(readable) > 1 else [_NEW]
    # drawn when it is asked for: both go through much more than the list does
    part = st.segmented_control("Releases", parts, key=f"release-part-{project['id']}", label_visibility="collapsed")
    if part == _NEW:
        with st.container(border=True):
            new_release(actor, project, fields, readable or rows)
    elif part == _COMPARE and len(readable) > 1:
        with st.container(border=True):
            compare(actor, project["id"], readable)
    if not rows:
        empty_state(
            "No release yet",
            "A release is a version of the data set that never changes: labels, splits, a card, checksums, and the "
            "audio if you like.",
            ":material/package_2:",
        )
    for one in rows:
        with st.container(border=True):
            _one_release(actor, one)
    pager.buttons(found["next_cursor"])


def _one_release(actor: Actor, one: dict[str, Any]) -> None:
    at_work = one["job"] is not None and one["job"]["state"] in ("queued", "running")
    name, color = _STATES[one["state"]]
    if one["state"] == "making" and not at_work:
        name, color = _CANCELLED if _is_cancelled(one) else _UNFINISHED
    head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    head.markdown(f"**{plain(one['name'])} {plain(one['version'])}** :{color}-badge[{name}]", width="content")
    head.caption(_facts(one), width="content")
    if one["note"]:
        st.markdown(plain(one["note"]))
    match one["state"]:
        case "making":
            _unfinished(actor, one)
        case "published":
            _published(actor, one)
        case "withdrawn":
            _withdrawn(actor, one)
        case _:
            st.caption("Its files were deleted; what is known of it stays here.")
            if one["withdrawn"]:
                st.markdown(f":material/block: {plain(one['withdrawn']['reason'])}")
    if one["content_sha256"]:
        st.markdown(f"Content `{one['content_sha256']}`  \nArchive `{one['sha256']}`")


def _facts(one: dict[str, Any]) -> str:
    parts = [f"by {plain(one['by'])}" if one["by"] else ""]
    if one["figures"]:
        splits = one["figures"]["splits"]
        tasks, seconds = (sum(split[name] for split in splits.values()) for name in ("tasks", "seconds"))
        parts += [counted(tasks, "task"), f"{seconds / 3600:,.1f} h" if seconds >= 3600 else f"{length(seconds)} min"]
        if len(splits) > 1:
            parts.append(" / ".join(f"{split['tasks']:,}" for split in splits.values()))
    if one["size"]:
        parts.append(_size(one["size"]))
    moment = one["published_at"] or one["created_at"]
    return " · ".join(part for part in (moment[:10], *parts) if part)


def _published(actor: Actor, one: dict[str, Any]) -> None:
    address = f"{base_path()}/api/v1/releases/{one['id']}"
    row = st.container(horizontal=True)
    row.link_button("Download", f"{address}/archive", icon=":material/download:", type="primary")
    row.link_button("Card", f"{address}/file?path=README.md", icon=":material/description:")
    row.link_button("Checksums", f"{address}/file?path=SHA256SUMS", icon=":material/fingerprint:")
    if one["figures"]["left_out"] and row.button("Left out …", key=f"left-out-{one['id']}"):
        _left_out(actor, one)
    if row.button("Files …", key=f"files-{one['id']}"):
        _files(one)
    if row.button("Withdraw …", key=f"withdraw-{one['id']}"):
        _confirm_withdrawal(actor, one)


def _unfinished(actor: Actor, one: dict[str, Any]) -> None:
    job = one["job"]
    if job is not None and job["state"] in ("queued", "running"):
        st.caption("At work; its progress is at the top of the page.")
        return
    if _is_cancelled(one):
        st.caption("It was cancelled.")
    elif job is not None and job["problem"]:
        st.error(plain(job["problem"]))
    else:
        st.caption("It was not finished.")
    row = st.container(horizontal=True)
    if row.button("Go on", key=f"resume-release-{one['id']}", help="With the labels as they were when it was begun"):
        with showing_errors():
            releases.resume(actor, one["id"])
            st.rerun()
    if row.button("Give up", key=f"give-up-{one['id']}"):
        with showing_errors():
            releases.remove(actor, one["id"])
            st.rerun()


def _is_cancelled(one: dict[str, Any]) -> bool:
    return one["job"] is not None and one["job"]["state"] == JobState.CANCELLED


def _withdrawn(actor: Actor, one: dict[str, Any]) -> None:
    st.markdown(f":material/block: {plain(one['withdrawn']['reason'])}")
    row = st.container(horizontal=True)
    if row.button("Publish again", key=f"put-back-{one['id']}"):
        with showing_errors():
            releases.put_back(actor, one["id"])
            st.rerun()
    if row.button("Delete files …", key=f"delete-release-{one['id']}"):
        _confirm_deletion(actor, one)


@dialog("Withdraw the release")
def _confirm_withdrawal(actor: Actor, one: dict[str, Any]) -> None:
    st.markdown("Nobody can download it any more. Nothing is deleted, and you can publish it again.")
    reason = st.text_input("Why", key=f"reason-{one['id']}", max_chars=500)
    if st.button("Withdraw", type="primary", key=f"really-withdraw-{one['id']}"):
        with showing_errors():
            releases.withdraw(actor, one["id"], reason)
            st.rerun()


@dialog("Delete the files of the release")
def _confirm_deletion(actor: Actor, one: dict[str, Any]) -> None:
    st.markdown("Its archive and the list of its content go for good. What it was called, and its hashes, stay.")
    version = st.text_input(f"Write its version ({plain(one['version'])}) to confirm", key=f"confirm-{one['id']}")
    if st.button("Delete for good", type="primary", key=f"really-delete-{one['id']}"):
        with showing_errors():
            releases.remove(actor, one["id"], version)
            st.rerun()


@dialog("What was left out", width="large")
def _left_out(actor: Actor, one: dict[str, Any]) -> None:
    with showing_errors():
        found = release_files.left_out(actor, one["id"])
        rows = [{"Recording": row["recording"], "Task": row["task"], "Why": row["reason"]} for row in found]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


@dialog("Files beside the audio", width="large")
def _files(one: dict[str, Any]) -> None:
    address = f"{base_path()}/api/v1/releases/{one['id']}/file?path="
    rows = [
        {"File": file["path"], "Size": _size(file["size"]), "SHA-256": file["sha256"], "Get": address + file["path"]}
        for file in one["files"]
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        column_config={"Get": st.column_config.LinkColumn(display_text="download")},
    )


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"
