"""ELAN's annotation format (EAF 3.0): a tier a label or tier of the project, times in whole milliseconds.

Source: the EAF schema of the Max Planck Institute for Psycholinguistics (`EAFv3.0.xsd`). Annotations of one tier must
not overlap: overlapping ones go to further tiers. An instant becomes an annotation of 1 ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape, quoteattr

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.elan_times import aligned_slots
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, one_line, raising

SUFFIX = "eaf"
MEDIA_TYPE = "application/xml"
CARRIES = Carries(
    step=1e-3, fields=("label", "text", "tier"), annotator=True, empty=True,
    also=(
        ("instant(s) become regions of 1 ms", lambda mark: mark.instant),
        ("label(s) dropped of regions that lie on a tier and have a text", lambda mark: bool(mark.tier and mark.text)),
    ),
)  # fmt: skip
LOSES = (
    "times below 1 ms", "the difference between instants and short regions", "labels of regions with a text on a tier",
    "frequency bounds", "channels", "scores", "attributes", "tags, captions and answers",
)  # fmt: skip
_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_Spanned = tuple[int, int, Mark]
"""Start and end in milliseconds, and the mark."""


def write(marked: Marked) -> str:
    """An EAF document that refers to the recording by its name."""
    slots: list[str] = []
    tiers: list[str] = []
    author, file = quoteattr(_clean(marked.annotator)), quoteattr(_clean(marked.file))
    annotation = 0
    for name, marks in _tiers(marked.marks):
        tiers.append(f'    <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID={quoteattr(name)} ANNOTATOR={author}>')
        for start, end, mark in marks:
            annotation += 1
            first, last = annotation * 2 - 1, annotation * 2
            value = _written(mark.text) if mark.text else _label(mark.label)
            slots.append(
                f'        <TIME_SLOT TIME_SLOT_ID="ts{first}" TIME_VALUE="{start}"/>\n'
                f'        <TIME_SLOT TIME_SLOT_ID="ts{last}" TIME_VALUE="{end}"/>'
            )
            tiers.append(
                f'        <ANNOTATION>\n            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a{annotation}" '
                f'TIME_SLOT_REF1="ts{first}" TIME_SLOT_REF2="ts{last}">\n                <ANNOTATION_VALUE>'
                f"{value}</ANNOTATION_VALUE>\n            </ALIGNABLE_ANNOTATION>\n"
                "        </ANNOTATION>"
            )
        tiers.append("    </TIER>")
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            # a fixed date: the same labels are the same file
            f'<ANNOTATION_DOCUMENT AUTHOR={author} DATE="1970-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0" '
            f'xmlns:xsi="{_INSTANCE}" xsi:noNamespaceSchemaLocation="{_SCHEMA}">',
            '    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">',
            f'        <MEDIA_DESCRIPTOR MEDIA_URL={file} MIME_TYPE="audio/*" RELATIVE_MEDIA_URL={file}/>',
            "    </HEADER>",
            *(["    <TIME_ORDER>", *slots, "    </TIME_ORDER>"] if slots else ["    <TIME_ORDER/>"]),
            *tiers,
            '    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>',
            "</ANNOTATION_DOCUMENT>",
            "",
        ]
    )


def read(text: str, refuse: Refuse = raising) -> Sequence[Mark]:
    """The time-aligned annotations of an EAF document; the tier is the label, the value the text where they differ.

    Annotations that refer to others take their times; slots without a time lie evenly between those of their tier that
    have one, as in ELAN. An annotation whose times are not known is `Invalid`, and goes to `refuse`. Raises `Invalid`
    for XML that is not EAF or declares entities.
    """
    try:
        root = defusedxml.ElementTree.fromstring(text.encode())
    except DefusedXmlException:
        raise Invalid("The file declares XML entities, which EAF files do not have.", field="file") from None
    except ParseError as error:
        raise Invalid(f"The file is not XML: {error}.", field="file", line=error.position[0]) from None
    if root.tag != "ANNOTATION_DOCUMENT":
        raise Invalid(f"Expected ANNOTATION_DOCUMENT, found {root.tag[:40]}.", field="file")
    slots = aligned_slots(root)
    spans: dict[str | None, tuple[float, float]] = {}
    for one in root.iter("ALIGNABLE_ANNOTATION"):
        start, end = slots.get(one.get("TIME_SLOT_REF1")), slots.get(one.get("TIME_SLOT_REF2"))
        if start is not None and end is not None and end >= start:
            spans[one.get("ANNOTATION_ID")] = (start, end)
    refers = {one.get("ANNOTATION_ID"): one.get("ANNOTATION_REF") for one in root.iter("REF_ANNOTATION")}
    found = []
    for tier in root.iter("TIER"):
        name = tier.get("TIER_ID") or ""
        for one in (*tier.iter("ALIGNABLE_ANNOTATION"), *tier.iter("REF_ANNOTATION")):
            span = _span_of(one.get("ANNOTATION_ID"), spans, refers)
            if span is None:
                says = f"Tier {name!r}: annotation {one.get('ANNOTATION_ID')} has no times, or ends before it starts."
                refuse(Invalid(says, field="file"))
                continue
            value = (one.findtext("ANNOTATION_VALUE") or "").strip()
            place = f"Tier {name!r}, annotation {one.get('ANNOTATION_ID')}"
            found.append(Mark(*span, label=name, text="" if value == name else value, tier=name, place=place))
    return sorted(found, key=lambda mark: (mark.start, mark.end, mark.label))


def about(text: str) -> tuple[str, str]:
    """The recording that an EAF document refers to, and its author; "" where it does not say."""
    root = defusedxml.ElementTree.fromstring(text.encode())
    media = root.find("HEADER/MEDIA_DESCRIPTOR")
    author = root.get("AUTHOR") or next(
        (one.get("ANNOTATOR", "") for one in root.iter("TIER") if one.get("ANNOTATOR")), ""
    )
    return (media.get("RELATIVE_MEDIA_URL") or media.get("MEDIA_URL") or "" if media is not None else ""), author


def _span_of(
    name: str | None, spans: dict[str | None, tuple[float, float]], refers: dict[str | None, str | None]
) -> tuple[float, float] | None:
    for _ in range(len(refers) + 1):  # no longer: references may go in a circle
        if name in spans or name not in refers:
            break
        name = refers[name]
    return spans.get(name)


def _tiers(marks: Iterable[Mark]) -> list[tuple[str, list[_Spanned]]]:
    """Marks by tier (else label); what overlaps once it is rounded to milliseconds goes to further tiers."""
    groups: dict[str, list[list[_Spanned]]] = {}
    for mark in marks:
        rows = groups.setdefault(mark.tier or mark.label, [])
        start, end = _span(mark)
        for row in rows:
            if row[-1][1] <= start:
                row.append((start, end, mark))
                break
        else:
            rows.append([(start, end, mark)])
    return [
        (_clean(name) if number == 1 else f"{_clean(name)} {number}", row)
        for name, rows in groups.items()
        for number, row in enumerate(rows, start=1)
    ]


def _span(mark: Mark) -> tuple[int, int]:
    start, end = round(mark.start * 1000), round(mark.end * 1000)
    return start, max(end, start + 1)  # ELAN knows no empty annotation


@lru_cache(maxsize=4096)  # labels repeat from mark to mark; what people wrote does not, and is not kept in memory
def _label(label: str) -> str:
    return _written(label)


def _written(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    """Text that XML 1.0 can hold."""
    if text.isprintable():
        return one_line(text)
    return one_line("".join(one if one >= " " or one in "\t\n" else " " for one in text if one not in "\ufffe\uffff"))
