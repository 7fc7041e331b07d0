"""The page around the pages and Streamlit's own files, as they are served: compressed, from memory, and complete."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_routes import create_host_config_routes

from labelbuddy_core.web.front_door import FrontDoor, StaticFiles
from labelbuddy_core.web.protection import Protection, content_security_policy
from labelbuddy_core.web.shell import ELEMENTS, Shell, host_configuration, make_shell, needed

FOLDER = Path(streamlit.__file__).parent / "static"
EDITOR = ["/lb-assets/index-0123456789ab.js", "/lb-assets/chunk-ABCDEFGH.js"]
HTML = {"Accept": "text/html,application/xhtml+xml"}


async def behind(request: object) -> PlainTextResponse:
    return PlainTextResponse("from behind")


def client_of(base: str = "") -> TestClient:
    shell = make_shell(FOLDER, base=base, editor=[base + path for path in EDITOR], host=host_configuration([]))
    door = Middleware(FrontDoor, shell=shell, files=StaticFiles(FOLDER), base=base)
    protection = Middleware(Protection, policy=content_security_policy(shell.page))
    return TestClient(Starlette(routes=[Route("/{path:path}", behind)], middleware=[protection, door]))


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_of() as made:
        yield made


@pytest.fixture
def shell() -> Shell:
    return make_shell(FOLDER, base="", editor=EDITOR, host=host_configuration([]))


@pytest.mark.parametrize("path", ["/", "/annotate", "/review?annotation=3"])
def test_addresses_of_pages_answer_the_shell(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert "<title>LabelBuddy</title>" in answer.text
    assert 'id="root"' in answer.text
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/api", "/api/v1/health", "/_stcore/health", "/media/x.png", "/favicon.png"])
def test_other_addresses_are_passed_on(client: TestClient, path: str) -> None:
    assert client.get(path, headers=HTML).text == "from behind"


def test_a_request_that_wants_no_page_is_passed_on(client: TestClient) -> None:
    assert client.get("/annotate", headers={"Accept": "application/json"}).text == "from behind"
    assert "text/html" not in client.head("/annotate", headers=HTML).headers["content-type"]


def test_the_policy_allows_the_inline_scripts_of_the_shell_and_no_others(client: TestClient, shell: Shell) -> None:
    policy = client.get("/", headers=HTML).headers["content-security-policy"]
    assert policy == content_security_policy(shell.page)
    assert len(re.findall("'sha256-", policy)) == len(re.findall("<script>", shell.page))
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_every_file_that_the_shell_asks_for_is_served_compressed_and_whole(client: TestClient, shell: Shell) -> None:
    assert len(shell.files) > 50
    for name in shell.files:
        answer = client.get(f"/{name}")
        assert answer.content == (FOLDER / name).read_bytes()
        assert "immutable" in answer.headers["cache-control"]
        if name.endswith((".js", ".css")):
            assert answer.headers["content-encoding"] == "gzip"


def test_a_first_visit_fetches_less_than_half_of_what_streamlit_sends(shell: Shell) -> None:
    files = StaticFiles(FOLDER)
    sent = sum(len(files.load(name).body) for name in shell.files)
    assert sent < 0.5 * sum((FOLDER / name).stat().st_size for name in shell.files)


def test_who_cannot_decompress_gets_the_files_as_they_are(client: TestClient, shell: Shell) -> None:
    plain = {"Accept-Encoding": "identity"}
    assert client.get(f"/{shell.files[0]}", headers=plain).text == "from behind"
    assert "content-encoding" not in client.get("/", headers={**HTML, **plain}).headers


@pytest.mark.parametrize("name", ["static/js/../../index.html", "static/js/none.js", "static//js", "static/%2e%2e/x"])
def test_only_files_of_streamlit_are_served(client: TestClient, name: str) -> None:
    assert client.get(f"/{name}").text == "from behind"


def test_the_installed_streamlit_has_the_modules_that_the_shell_names() -> None:
    """After an upgrade of Streamlit: names in `ELEMENTS` that are gone make the first visit slower, silently."""
    for element in ELEMENTS:
        assert needed(FOLDER / "static" / "js", [element]), element


def test_what_is_said_of_the_server_is_what_the_server_itself_says() -> None:
    """After an upgrade of Streamlit: what its page would have asked the server for."""
    with TestClient(Starlette(routes=create_host_config_routes(None))) as streamlit_itself:
        said = streamlit_itself.get("/_stcore/host-config").json()
        assert said == host_configuration(streamlit.get_option("client.allowedOrigins"))


def test_under_a_base_path_everything_lies_below_it() -> None:
    with client_of("/lab") as client:
        page = client.get("/lab/annotate", headers=HTML).text
        assert client.get("/annotate", headers=HTML).text == "from behind"
        for address in re.findall(r'(?:href|src)="([^"]+)"', page):
            assert address.startswith(("/lab/", "https://")), address
        found = re.search(r'src="(/lab/static/js/index[^"]+)"', page)
        assert found
        assert client.get(found[1]).headers["content-type"].startswith("text/javascript")
        assert 'location.origin+"/lab/"' in page


def test_many_first_visits_at_once_compress_each_file_once(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    compress = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda body, *rest, **named: made.append(1) or compress(body, *rest, **named))
    files = StaticFiles(FOLDER)
    with ThreadPoolExecutor(8) as visitors:
        list(visitors.map(files.load, [shell.files[0]] * 8))
    assert len(made) == 1
