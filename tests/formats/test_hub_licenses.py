"""Licenses in the head of a card, as the Hugging Face Hub names them."""

from __future__ import annotations

import pytest
import yaml

from labelbuddy_core.formats.hub_licenses import head_lines, hub_identifier


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("CC0", "cc0-1.0"),
        ("CC0-1.0", "cc0-1.0"),
        ("CC0 1.0 Universal", "cc0-1.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0-1.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/deed.de", "cc0-1.0"),
        ("CC BY 4.0", "cc-by-4.0"),
        ("cc-by-4.0", "cc-by-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0"),
        ("http://creativecommons.org/licenses/by-nc/3.0/", "cc-by-nc-3.0"),
        ("https://creativecommons.org/licenses/by-sa/4.0/legalcode", "cc-by-sa-4.0"),
        ("CC BY-SA 3.0", "cc-by-sa-3.0"),
        ("CC-BY-NC-4.0", "cc-by-nc-4.0"),
        ("CC BY-NC-SA 4.0", "cc-by-nc-sa-4.0"),
        ("CC BY-NC-ND 4.0", "cc-by-nc-nd-4.0"),
        ("Creative Commons Attribution 4.0 International", "cc-by-4.0"),
        ("Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International License", "cc-by-nc-sa-4.0"),
        ("Attribution 3.0 Unported", "cc-by-3.0"),
        ("CC BY", "cc"),
        ("ODbL-1.0", "odbl"),
        ("Open Database License", "odbl"),
        ("https://opendatacommons.org/licenses/odbl/1-0/", "odbl"),
        ("ODC-By", "odc-by"),
        ("MIT", "mit"),
        ("The MIT License", "mit"),
        ("Apache-2.0", "apache-2.0"),
        ("Apache License, Version 2.0", "apache-2.0"),
        ("BSD-3-Clause", "bsd-3-clause"),
        ("GPL-3.0-or-later", "gpl-3.0"),
        ("not stated", "unknown"),
        ("CC BY-SA 2.0", "other"),
        ("CC BY 3.0 US", "other"),
        ("CC BY 4.0, but ask the singer first", "other"),
        ("MIT, research only", "other"),
        ("https://example.org/terms?see=https://creativecommons.org/licenses/by/4.0/", "other"),
        ("Research only", "other"),
    ],
)
def test_a_license_is_recognized_as_a_whole(text: str, identifier: str) -> None:
    assert hub_identifier(text) == identifier


@pytest.mark.parametrize(
    ("texts", "head"),
    [
        (["CC BY 4.0", "cc-by-4.0"], {"license": "cc-by-4.0"}),
        (["CC0", "CC BY 4.0", "not stated"], {"license": ["cc-by-4.0", "cc0-1.0", "unknown"]}),
        ([], {"license": "unknown"}),
        (
            ["Research only"],
            {"license": "other", "license_name": "research-only", "license_link": "LICENSE.md"},
        ),
        (
            ["Terms of the archive: https://example.org/terms."],
            {
                "license": "other",
                "license_name": "terms-of-the-archive",
                "license_link": "https://example.org/terms",
            },
        ),
        (
            ["Research only", "Ask the band: \"no\" #1", "MIT"],
            {"license": ["mit", "other"], "license_name": "several-licenses", "license_link": "LICENSE.md"},
        ),
        (["Ask: 'the' \"band\""], {"license": "other", "license_name": "ask-the-band", "license_link": "LICENSE.md"}),
        (["1.0"], {"license": "other", "license_name": "1.0", "license_link": "LICENSE.md"}),
        (["私だけ"], {"license": "other", "license_name": "custom", "license_link": "LICENSE.md"}),
    ],
)  # fmt: skip
def test_the_head_of_a_card_names_every_license(texts: list[str], head: dict[str, object]) -> None:
    assert yaml.safe_load("\n".join(head_lines(texts, "LICENSE.md"))) == head


def test_without_a_file_there_is_no_link_to_one() -> None:
    assert yaml.safe_load("\n".join(head_lines(["Research only"]))) == {
        "license": "other",
        "license_name": "research-only",
    }
