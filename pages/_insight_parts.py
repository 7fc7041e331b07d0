"""The parts of the insight page: figures of a kind, the worst tasks, and the consensus."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from labelbuddy_core.domain.consensus.trust import Method
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import merged_consensus
from labelbuddy_core.services.installation import jobs
from pages._agreement_charts import label_chart
from pages._dialogs import show_changes
from pages._elements import empty_state, length, plain, remember_project, showing_errors
from pages._insight_task import draw_task
from pages._project_data import RECORDING_FILTER

Report = dict[str, Any]
KINDS = {
    "time": ("Time", "fleiss_kappa"),
    "tags": ("Tags", "fleiss_kappa"),
    "events": ("Events", "event_f1"),
    "attribute": ("Attributes", None),
    "beats": ("Beats", None),
    "chords": ("Chords", None),
    "sections": ("Sections", None),
    "captions": ("Captions", None),
    "gamma": ("γ", None),
}
"""Kinds of figures in the order of their tabs, with the figure that is drawn for each label."""
METHODS = {
    Method.WEIGHTED: "Weighted by reliability",
    Method.MAJORITY: "Majority",
    Method.DAWID_SKENE: "Dawid–Skene",
    Method.MACE: "MACE",
}
_SHOWN_WORST = 20
_OPENED = "_labelbuddy_where"


def figures_of(report: Report, kind: str) -> None:
    """The figures over all labels with their sentences, then every label."""
    figures = [one for one in report["figures"] if one["kind"] == kind]
    for one in (one for one in figures if one["label"] is None):
        st.markdown(f"**{one['title']}: {number(one)}**  \n{plain(one['reading'])}")
    of_labels = [one for one in figures if one["label"] is not None]
    if not of_labels:
        return
    drawn = KINDS[kind][1]
    if drawn is not None:
        chosen = [one for one in of_labels if one["measure"] == drawn]
        st.caption(f"{chosen[0]['title']} of each label, lowest first, with 95 % intervals")
        st.plotly_chart(label_chart(chosen), width="stretch", key=f"label-chart-{kind}")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Label": one["name"],
                    "Figure": one["title"],
                    "Value": one["value"],
                    "From": one["low"],
                    "To": one["high"],
                    "Prevalence": None if one["prevalence"] is None else 100 * one["prevalence"],
                    "Recordings": one["recordings"],
                    "How to read it": one["reading"],
                }
                for one in of_labels
            ]
        ),
        hide_index=True,
        width="stretch",
        column_config={
            **{name: st.column_config.NumberColumn(format="%.3f", width=70) for name in ("Value", "From", "To")},
            "Prevalence": st.column_config.NumberColumn(format="%.1f %%", width=90),
            "Recordings": st.column_config.NumberColumn(width=90),
            "How to read it": st.column_config.TextColumn(width="large"),
        },
        key=f"figures-{kind}",
    )


def number(figure: dict[str, Any]) -> str:
    """A value with its interval, for people."""
    if figure["value"] is None:
        return "–"
    bounds = "" if figure["low"] is None else f" ({figure['low']:z.2f} to {figure['high']:z.2f})"
    return f"{figure['value']:z.2f}{bounds}"


def opened_in_list(task: str) -> bool:
    """Whether a task was opened in the list of those with most disagreement: it is drawn there, not above all."""
    return st.session_state.get(_OPENED) == task


def worst_tasks(actor: Actor, project: dict[str, Any], report: Report, shown: dict[str, Any] | None) -> None:
    """The tasks with most disagreement, each with the way to its worst place and to its review; below the one that was
    opened here (`shown`) is where its annotators differ."""
    st.subheader("Most disagreement first", anchor=False)
    if not report["worst"]:
        st.caption("Everybody says the same in every task that can be compared.")
        return
    for one in report["worst"][:_SHOWN_WORST]:
        row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        who = ", ".join(work["annotator"] for work in one["annotations"])
        span = length(one["stop"] - one["start"])
        row.markdown(f"**{100 * one['disagreement']:.0f} %** · {plain(one['recording'])} · {span} · {plain(who)}")
        buttons = row.container(horizontal=True, width="content")
        waiting = [
            work["id"]
            for work in one["annotations"]
            if work["state"] == "submitted" and work["annotator"] != actor.username
        ]
        if buttons.button("Show where", icon=":material/difference:", key=f"where-{one['task']}"):
            remember_project(project["id"])
            st.session_state[_OPENED] = one["task"]
            st.query_params.from_dict({"project": project["id"], "task": one["task"], "at": f"{one['at']:.3f}"})
            st.rerun()
        if "reviewer" in project["my_roles"] and waiting:
            if buttons.button("Review", icon=":material/rate_review:", key=f"review-of-{one['task']}"):
                remember_project(project["id"])
                st.switch_page("review.py", query_params={"annotation": waiting[0]})
        elif "manager" in project["my_roles"] and buttons.button(
            "Show task", icon=":material/folder_open:", key=f"task-{one['task']}"
        ):
            remember_project(project["id"])
            st.session_state[RECORDING_FILTER] = one["recording"]
            st.switch_page("project.py")
        if shown is not None and shown["task"] == one["task"]:
            draw_task(actor, shown)
            shown = None
    if shown is not None:  # with other settings it is not among them any more
        draw_task(actor, shown)


def consensus_part(actor: Actor, project: dict[str, Any]) -> None:
    """How the merged consensus stands; managers merge it anew."""
    st.subheader("Consensus")
    summary = merged_consensus.consensus_summary(actor, project["id"])
    running = summary["job"] is not None and summary["job"]["state"] in ("queued", "running")
    st.fragment(_merging, run_every=1.0 if running else None)(actor, project["id"], running)
    if summary["merged"]:
        method = METHODS[Method(summary["method"])] if summary["method"] else "–"
        st.markdown(
            f"**{summary['merged']}** tasks merged ({method}), **{summary['stale']}** of them stale; "
            f"**{summary['adjudicated']}** tasks adjudicated, which always wins."
        )
        rows = [
            {
                "Annotator": one["annotator"],
                "Reliability, tags": one["reliability_tags"],
                "Reliability, time": one["reliability_time"],
            }
            for one in summary["annotators"]
        ]
        columns = {name: st.column_config.NumberColumn(format="%.2f") for name in list(rows[0])[1:]} if rows else {}
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, width="content", column_config=columns, key="reliability"
        )  # fmt: skip
    else:
        st.caption(
            "Nothing has been merged yet. Merging makes one ground truth of several annotations, with soft labels."
        )
    if "manager" not in project["my_roles"] or running:
        return
    row = st.container(horizontal=True, vertical_alignment="bottom")
    chosen = row.selectbox("Method", list(METHODS), format_func=METHODS.__getitem__, key="merge-method", width=260)
    words = "Merge again" if summary["merged"] else "Merge annotations"
    if row.button(words, icon=":material/merge:", key="merge"):
        with showing_errors():
            merged_consensus.merge_project(actor, project["id"], method=chosen)
            st.rerun()
    if summary["merged"] and row.button("Forget what was merged", icon=":material/delete:", key="forget"):
        merged_consensus.remove_merged(actor, project["id"])
        st.rerun()


def _merging(actor: Actor, project_id: str, was_running: bool) -> None:
    """Progress of the job; when it ends the page shows what it made."""
    found = jobs.list_jobs(actor, project_id=int(project_id), state=jobs.OPEN, limit=20)["items"]
    mine = [job for job in found if job["kind"] == merged_consensus.KIND]
    if was_running and not mine:
        show_changes()
    for job in mine:
        st.progress(job["progress"], text=plain(job["message"]))


def nothing_to_compare(handed_in: int) -> None:
    """What to do when no task has two answers."""
    so_far = f"Annotations handed in so far: {handed_in}."
    empty_state(
        "Nothing to compare yet",
        "Agreement needs tasks that two or more people have handed in. Let more than one person do a task "
        f"(*Annotators per task* in the project's settings), and come back when some are submitted. {so_far}",
        ":material/insights:",
    )
