"""The report of agreement for people: what is measured, sentences on how to read it, charts, and the methods text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.formats import agreement_csv, agreement_drawings, report_html, report_pdf
from labelbuddy_core.formats.agreement_words import FORMULAS, READING, SOURCES
from labelbuddy_core.formats.report_blocks import Block, Bullets, Cell, Chart, Heading, Link, Paragraph, Table

Report = Mapping[str, Any]

KINDS = {
    "tags": "Tags",
    "time": "Time",
    "events": "Events",
    "attribute": "Attributes",
    "beats": "Beats",
    "chords": "Chords",
    "sections": "Sections",
    "captions": "Captions",
    "gamma": "Unified and holistic (γ)",
}
_DRAWN = ("fleiss_kappa", "event_f1")
_PAIRS = {
    "event_f1": "Event F1",
    "kappa_time": "κ, time",
    "kappa_tags": "κ, tags",
    "chrf": "chrF2",
    "rouge_l": "ROUGE-L",
}
_MOST = 30


def as_html(report: Report, months: Report, address: str) -> bytes:
    """One file with everything in it; links lead to `address`, where the app is served (none when it is empty)."""
    attached = f"labelbuddy-project-{report['project']}-agreement.csv", agreement_csv.report_csv(report)
    return report_html.write(_title(report), list(blocks(report, months, address)), attached)


def as_pdf(report: Report, months: Report, address: str) -> bytes:
    """The same as PDF."""
    return report_pdf.write(_title(report), list(blocks(report, months, address)))


def blocks(report: Report, months: Report, address: str) -> Iterator[Block]:
    """The report from top to bottom."""
    yield Heading(_title(report), 1)
    yield Paragraph(_about(report))
    if not report["tasks"]:
        yield Paragraph("Nothing to compare: no task has been handed in by two annotators.")
        return
    yield Heading("How to read it")
    yield Bullets(READING)
    for kind, title in KINDS.items():
        yield from _of_kind(report, kind, title)
    yield from _over_time(months)
    yield from _pairs(report)
    yield from _annotators(report)
    yield from _confusions(report, address)
    yield from _worst(report, address)
    yield Heading("Methods")
    yield Paragraph(report["methods"])
    yield Bullets(FORMULAS)
    yield Heading("Sources", 3)
    yield Bullets(SOURCES)


def _title(report: Report) -> str:
    return f"Agreement of annotators: {report['name']}"


def _about(report: Report) -> str:
    settings = report["settings"]
    tasks, recordings = counted(report["tasks"], "task"), counted(report["recordings"], "recording")
    parts = [f"{tasks} of {recordings} that two or more people have handed in"]
    for name, words in (("since", "from"), ("until", "before")):
        if settings[name]:
            parts.append(f"{words} {settings[name][:10]}")
    truth = report["truth"]
    told = f"{', '.join(parts)}. Frames of {settings['step']:g} s, a collar of {settings['collar']:g} s."
    if truth["adjudicated"] or truth["merged"]:
        told += (
            f" Ground truth: {counted(truth['adjudicated'], 'task')} adjudicated by reviewers, {truth['merged']:,} "
            "merged from the annotations."
        )
    return told


def _of_kind(report: Report, kind: str, title: str) -> Iterator[Block]:
    figures = [one for one in report["figures"] if one["kind"] == kind]
    if not figures:
        return
    yield Heading(title)
    for one in figures:
        if one["label"] is None:
            yield Paragraph(one["reading"], f"{one['title']}: {_with_bounds(one)}.")
    of_labels = [one for one in figures if one["label"] is not None]
    drawn = [one for one in of_labels if one["measure"] in _DRAWN and one["value"] is not None]
    if len(drawn) > 1:
        drawn.sort(key=lambda one: one["value"])
        rows = [(one["name"], one["value"], one["low"], one["high"]) for one in drawn]
        caption = f"{drawn[0]['title']} of each label, lowest first, with 95 % intervals."
        yield Chart(agreement_drawings.intervals(rows, caption), caption)
    if of_labels:
        yield Table(
            ("Label", "Figure", "Value", "From", "To", "Prevalence", "Recordings"),
            [
                (
                    one["name"],
                    one["title"],
                    *(_number(one[name]) for name in ("value", "low", "high")),
                    "" if one["prevalence"] is None else f"{100 * one['prevalence']:.1f} %",
                    str(one["recordings"]),
                )
                for one in of_labels
            ],
            frozenset({2, 3, 4, 5, 6}),
            wide=1,
        )


def _over_time(months: Report) -> Iterator[Block]:
    for measure in _DRAWN:
        points, title = [], ""
        for month in months["months"]:
            for one in month["figures"]:
                if one["measure"] == measure and one["value"] is not None and one["kind"] != "tags":
                    points.append((month["since"][:7], one["value"], one["low"], one["high"]))
                    title = one["title"]
        if len(points) > 1:
            caption = f"{title} over all labels, by the month in which the last answer to a task was handed in."
            yield Heading(f"{title} over time", 3)
            yield Chart(agreement_drawings.months(points, caption), caption)


def _pairs(report: Report) -> Iterator[Block]:
    known = [name for name in _PAIRS if any(pair[name] is not None for pair in report["pairs"])]
    if not known:
        return
    yield Heading("Who agrees with whom")
    people = sorted({name for pair in report["pairs"] for name in (pair["first"], pair["second"])})
    measure = known[0]
    values = {}
    for pair in report["pairs"]:
        if pair[measure] is not None:
            values[pair["first"], pair["second"]] = values[pair["second"], pair["first"]] = pair[measure]
    caption = f"{_PAIRS[measure]} of each two annotators."
    yield Chart(agreement_drawings.matrix(people, people, values, caption, form="{:.2f}"), caption)
    yield Table(
        ("Pair", *(_PAIRS[name] for name in known), "Tasks"),
        [
            (f"{pair['first']} and {pair['second']}", *(_of_pair(pair, name) for name in known), str(pair["tasks"]))
            for pair in report["pairs"]
        ],
        frozenset({len(known) + 1}),
    )


def _annotators(report: Report) -> Iterator[Block]:
    told = [one for one in report["annotators"] if one["says"]]
    if not told:
        return
    yield Heading("Annotators")
    for one in told:
        yield Heading(one["annotator"], 3)
        yield Bullets(one["says"])
        counts = {f"{edge.capitalize()}s": one[edge]["histogram"] for edge in ("onset", "offset") if one[edge]}
        if counts:
            caption = f"How the boundaries of {one['annotator']} lie beside those of others; right of zero is late."
            yield Chart(agreement_drawings.boundaries(report["histogram_centers"], counts, caption), caption)


def _confusions(report: Report, address: str) -> Iterator[Block]:
    shown = [one for one in report["confusion"] if one["of"] == "all"]
    shown += [one for one in report["confusion"] if one["of"] == "truth" and one["columns"] == "annotators"]
    if not shown:
        return
    yield Heading("What is confused with what")
    for matrix in shown:
        cells = matrix["cells"]
        between = "any two annotators" if matrix["of"] == "all" else "ground truth (rows) and annotators (columns)"
        title = f"{matrix['what'].capitalize()}, {between}"
        yield Heading(title, 3)
        rows, columns = (
            sorted({cell[name] for cell in cells}, key=lambda one: (one == "–", one))
            for name in ("row_name", "column_name")
        )
        values = {(cell["row_name"], cell["column_name"]): cell["count"] for cell in cells}
        caption = f"{title}; – is nothing."
        if max(len(rows), len(columns)) > agreement_drawings.MOST_CELLS:
            caption += f" The first {agreement_drawings.MOST_CELLS} labels; the CSV has all."
        yield Chart(agreement_drawings.matrix(rows, columns, values, caption, form="{:.3g}"), caption)
        apart = sorted((cell for cell in cells if cell["row"] != cell["column"]), key=lambda cell: -cell["count"])
        if apart:
            yield Table(
                ("One side", "Other side", "For example", "Count"),
                [
                    (cell["row_name"], cell["column_name"], _example(report, cell, address), f"{cell['count']:.4g}")
                    for cell in apart[:_MOST]
                ],
                frozenset({3}),
            )


def _example(report: Report, cell: Report, address: str) -> Cell:
    if not cell["places"]:
        return ""
    place = cell["places"][0]
    return _link(report, address, place["task"], place["at"], f"task {place['task']} at {place['at']:.2f} s")


def _worst(report: Report, address: str) -> Iterator[Block]:
    if not report["worst"]:
        return
    yield Heading("Tasks with the most disagreement")
    yield Table(
        ("Recording", "Annotators", "Begin at", "Disagreement"),
        [
            (
                one["recording"],
                ", ".join(work["annotator"] for work in one["annotations"]),
                _link(report, address, one["task"], one["at"], f"{one['at']:.2f} s"),
                f"{100 * one['disagreement']:.0f} %",
            )
            for one in report["worst"][:_MOST]
        ],
        frozenset({3}),
    )


def _link(report: Report, address: str, task: str, at: float, text: str) -> Cell:
    if not address:
        return text
    query = urlencode({"project": report["project"], "task": task, "at": f"{at:.3f}"})
    return Link(text, f"{address.rstrip('/')}/insight?{query}")


def _of_pair(pair: Report, name: str) -> str:
    return _with_bounds({"value": pair[name], "low": pair[f"{name}_low"], "high": pair[f"{name}_high"]})


def _with_bounds(figure: Report) -> str:
    if figure["value"] is None:
        return "–"
    bounds = "" if figure["low"] is None else f" ({figure['low']:z.2f} to {figure['high']:z.2f})"
    return f"{figure['value']:z.2f}{bounds}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
