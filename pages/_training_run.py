"""One training run: how far it is, its curves, its log, what came of it; and several runs side by side."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.errors import NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.training import training_runs, training_versions
from pages._dialogs import show_changes
from pages._elements import plain, showing_errors
from pages._training_balance import balance_part
from pages._training_charts import BAR, curves, label_curves, versions

Run = dict[str, Any]
LOOK_SECONDS = 2.0
STATES = {
    "queued": ("Waiting", "gray"),
    "running": ("Learning", "blue"),
    "succeeded": ("Done", "green"),
    "failed": ("Failed", "red"),
    "cancelled": ("Cancelled", "orange"),
}
OPEN = ("queued", "running")
MEASURES = {
    "event_f1": "Event F1",
    "segment_f1": "Segment F1",
    "psds1": "PSDS 1, events at the right time",
    "psds2": "PSDS 2, labels not confused",
    "map": "Mean average precision",
}
CURVES = {"loss": "Loss", "f1": "F1", "accuracy": "Accuracy"}
_DRAWN_LABELS = 12


def run_part(actor: Actor, run_id: str) -> None:
    """Everything about a run; while it works, drawn again every two seconds."""
    run = training_runs.get_run(actor, run_id)
    if run["state"] in OPEN:
        st.fragment(_live, run_every=LOOK_SECONDS)(actor, run_id)
        return
    _drawn(run)
    _comparison(run)
    _version(actor, run)
    _log(run)


def _live(actor: Actor, run_id: str) -> None:
    run = training_runs.get_run(actor, run_id)
    if run["state"] not in OPEN:
        show_changes()
    st.progress(run["progress"], text=plain(run["message"]))
    if run["stop_asked"]:
        st.caption("It ends after this epoch, and keeps the best.")
    elif run["version"] is None and st.button(
        "Stop and keep the best epoch", icon=":material/stop:", key=f"stop-run-{run_id}"
    ):
        with showing_errors():
            training_runs.stop_run(actor, run_id)
            st.rerun()
    _drawn(run)
    _log(run)


def _drawn(run: Run) -> None:
    words, color = STATES[run["state"]]
    version = f" · made **{plain(run['version'])}**" if run["version"] else ""
    st.markdown(f":{color}-badge[{words}] {plain(run['model_name'])} from {plain(run['parent'])}{version}")
    numbers = " · ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in run["parameters"].items())
    st.caption(plain(f"{numbers} · examples {run['checksum'][:12] or 'not frozen yet'}") + f"  \n{plain(_begun(run))}")
    if run["problem"]:
        st.error(plain(run["problem"]))
    for warning in (run["balance"] or {}).get("warnings", ()):
        st.caption(f":material/warning: {plain(warning)}")
    if not run["epochs"]:
        st.caption("No epoch is done yet." if run["state"] in OPEN else "No epoch was done.")
        return
    columns = st.columns(2)
    known = [name for name in CURVES if any(name in row or f"validation_{name}" in row for row in run["epochs"])]
    for place, name in enumerate(known):
        columns[place % 2].plotly_chart(
            curves([run], name, CURVES[name]), width="stretch", key=f"curve-{run['id']}-{name}", config=BAR
        )
    labels = labels_of(run)
    if labels:
        columns[len(known) % 2].plotly_chart(
            label_curves(run, labels), width="stretch", key=f"label-curves-{run['id']}", config=BAR
        )  # fmt: skip


def _begun(run: Run) -> str:
    """For example "Started by Ada, 2026-11-26 17:19 UTC · took 9 min"."""
    by = f" by {run['by']}" if run["by"] else ""
    told = f"Started{by}, {run['created_at'][:16].replace('T', ' ')} UTC"
    if not run["finished_at"]:
        return told
    seconds = (datetime.fromisoformat(run["finished_at"]) - datetime.fromisoformat(run["created_at"])).total_seconds()
    return f"{told} · took {f'{seconds:.0f} s' if seconds < 90 else f'{seconds / 60:.0f} min'}, waiting included"


def labels_of(run: Run) -> list[str]:
    """The labels that the figures of a run name, at most as many as can be told apart."""
    names = {name.partition("/")[2] for row in run["epochs"] for name in row if "f1/" in name}
    return sorted(names)[:_DRAWN_LABELS]


def _comparison(run: Run) -> None:
    found = run["comparison"]
    if found is None:
        return
    st.subheader("Beside the version before")
    if found.get("problem"):
        st.warning(plain(f"They could not be compared: {found['problem']}"))
        return
    if not found["figures"]:
        st.caption("Nothing was held out, so that there is nothing to compare them on.")
        return
    if found["warning"]:
        st.warning(plain(found["warning"]), icon=":material/warning:")
    held_out = "1 held-out example" if found["examples"] == 1 else f"{found['examples']} held-out examples"
    st.caption(
        f"On {held_out}, with 95 % intervals. Events match within {found['collar']:g} s "
        f"(offsets within {100 * found['offset_share']:.0f} % of the length), from score {found['threshold']:g} on."
    )
    if new := found.get("new_labels"):  # runs of before do not say it
        st.caption(plain(f"The version before does not know {', '.join(new)}: it cannot find them."))
    for measure, title in MEASURES.items():
        figures = [one for one in found["figures"] if one["measure"] == measure]
        if figures:
            st.markdown(f"**{title}**: {said(figures[0])}")
            st.plotly_chart(versions(figures), width="stretch", key=f"versions-{run['id']}-{measure}", config=BAR)


def said(figure: dict[str, Any]) -> str:
    """The difference of two versions in a sentence."""
    difference = figure["difference"]
    if difference is None or difference["value"] is None:
        return "cannot be compared, since one of them has no figure."
    if difference["low"] == difference["high"] == 0.0:
        return "both versions are alike."
    amount = f"{difference['value']:+.3f} ({difference['low']:+.3f} to {difference['high']:+.3f})"
    if difference["low"] > 0.0:
        return f"the new version is better by {amount}."
    if difference["high"] < 0.0:
        return f"the new version is worse by {amount}."
    return f"{amount}; the interval reaches zero, so that this may be chance."


def _version(actor: Actor, run: Run) -> None:
    """What a run has made, to use or take along, without a look for it among all versions."""
    if run["version"] is None:
        return
    try:
        present = training_versions.list_versions(actor, run["project"], run["model"])["present"]
    except NotFound:  # the project does not use the model any more
        present = None
    used = present == run["version"]
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown(f"**{plain(run['version'])}**{' :green-badge[in use]' if used else ''}", width="content")
    if present is not None and not used and row.button(
        "Promote", icon=":material/verified:", key=f"promote-of-run-{run['id']}"
    ):  # fmt: skip
        with showing_errors():
            training_versions.promote(actor, run["project"], run["model"], run["version"])
            st.rerun()
    address = f"{base_path()}/api/v1/models/{run['model']}/versions/{run['version']}"
    row.link_button("Weights", f"{address}/weights", icon=":material/download:", type="tertiary")
    row.link_button("Model card", f"{address}/card", icon=":material/description:", type="tertiary")


def _log(run: Run) -> None:
    if run["balance"]:
        with st.expander("What it learned from", icon=":material/dataset:", key=f"learned-{run['id']}"):
            balance_part(run["balance"], f"learned-labels-{run['id']}")
    with st.expander("Log", icon=":material/terminal:", key=f"log-{run['id']}"):
        lines = [f"{line['at'][11:19]}  {line['text']}" for line in run["log"]]
        st.code("\n".join(lines) or "Nothing yet.", language=None, wrap_lines=True)
    address = f"{base_path()}/api/v1/training-runs/{run['id']}"
    row = st.container(horizontal=True)
    row.link_button("Figures as CSV", f"{address}/metrics.csv", icon=":material/download:")
    row.link_button(
        "For TensorBoard",
        f"{address}/tensorboard.zip",
        icon=":material/download:",
        help="Event files of training, validation and held-out figures: unpack, then `tensorboard --logdir FOLDER`.",
    )


def side_by_side(actor: Actor, run_ids: list[str]) -> None:
    """The curves of several runs in one chart, and their results in a table."""
    runs = [training_runs.get_run(actor, one) for one in run_ids]
    row = st.container(horizontal=True, vertical_alignment="bottom")
    name = str(
        row.segmented_control(
            "Curve", list(CURVES), default="loss", format_func=CURVES.__getitem__, key="side-by-side-curve"
        )
        or "loss"
    )
    labels = sorted({label for run in runs for label in labels_of(run)})
    title = CURVES[name]
    if name == "f1" and labels:
        label = row.selectbox(
            "Of", ["", *labels], format_func=lambda one: one or "all labels", key="side-by-side-label"
        )
        if label:
            name, title = f"f1/{label}", f"F1 of {label}"
    st.plotly_chart(curves(runs, name, escape(title)), width="stretch", key="side-by-side", config=BAR)
    results = [words.partition(",")[0] for words in MEASURES.values()]
    st.dataframe(
        pd.DataFrame([_row(run) for run in runs]),
        hide_index=True,
        width="stretch",
        column_config={name: st.column_config.NumberColumn(format="%.3f") for name in results},
        key="side-by-side-table",
    )
    frozen = {run["checksum"] for run in runs if run["checksum"]}
    if len(frozen) > 1:
        st.caption("These runs learned from different examples: their figures are not of the same held-out set.")


def _row(run: Run) -> dict[str, Any]:
    row: dict[str, Any] = {
        "Run": run["id"],
        "Version": run["version"] or "",
        "From": run["parent"],
        **{name.replace("_", " "): value for name, value in run["parameters"].items()},
        "Epochs done": len(run["epochs"]),
        "Best epoch": run["best_epoch"],
    }
    for figure in (run["comparison"] or {}).get("figures", ()):
        if figure["label"] is None and run["version"]:
            row[MEASURES[figure["measure"]].partition(",")[0]] = figure["values"][run["version"]]["value"]
    return row
