"""The labeling config (XML) that tells a Label Studio backend what a model is to answer."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from labelbuddy_core.inference.specification import Specification

AUDIO, REGIONS, TAGS, TEXT = "audio", "regions", "tags", "text"
"""Names of the tags in the config: the audio object and what is attached to it."""

_ATTACHED = {
    "region": (f'  <Labels name="{REGIONS}" toName="{AUDIO}">', "    <Label value={}/>", "  </Labels>"),
    "tag": (f'  <Choices name="{TAGS}" toName="{AUDIO}" choice="multiple">', "    <Choice value={}/>", "  </Choices>"),
}


def labeling_config(specification: Specification, project_labels: list[str]) -> str:
    """A config with one control for each kind of output; its labels are the model's own, else the project's."""
    lines = ["<View>", f'  <Audio name="{AUDIO}" value="$audio"/>']
    types = {item.type for item in specification.output_schema} or {"region"}
    for kind, (first, row, last) in _ATTACHED.items():
        if kind in types:
            own = [label for item in specification.output_schema if item.type == kind for label in item.labels]
            own += [item.label for item in specification.output_schema if item.type == kind and item.label]
            lines += [first, *(row.format(quoteattr(label)) for label in dict.fromkeys(own or project_labels)), last]
    if "text" in types:
        lines.append(f'  <TextArea name="{TEXT}" toName="{AUDIO}"/>')
    return "\n".join([*lines, "</View>"])
