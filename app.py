"""LabelBuddy's server: Streamlit's pages and our HTTP API in one ASGI application.

`streamlit run app.py`, `uvicorn app:app` and `python app.py` all serve it; `bin/run` starts it with the worker. The
pages' main script is `pages/main.py`, never this file: beside `pages/`, Streamlit would serve the pages without the
sign-in gate.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
os.chdir(ROOT)  # Streamlit looks for .streamlit/config.toml where it is imported

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.routing import Mount, Route  # noqa: E402
from streamlit import config as streamlit_configuration  # noqa: E402

from components.wavesurfer_component.bundle import editor_paths  # noqa: E402
from labelbuddy_core.database import get_database, migrate  # noqa: E402
from labelbuddy_core.services.installation import installation  # noqa: E402
from labelbuddy_core.services.models.models import ensure_bundled_models  # noqa: E402
from labelbuddy_core.services.recordings import windows  # noqa: E402
from labelbuddy_core.settings import get_settings  # noqa: E402
from labelbuddy_core.web.application import api  # noqa: E402
from labelbuddy_core.web.assets import asset  # noqa: E402
from labelbuddy_core.web.base_path import BasePath  # noqa: E402
from labelbuddy_core.web.front_door import FrontDoor, StaticFiles  # noqa: E402
from labelbuddy_core.web.protection import Protection, content_security_policy  # noqa: E402
from labelbuddy_core.web.shell import host_configuration, make_shell  # noqa: E402


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start-up work; a mounted application's own lifespan would never run."""
    settings = get_settings()
    settings.incoming.mkdir(parents=True, exist_ok=True)
    in_use = installation.use(settings)
    migrate(settings)
    ensure_bundled_models()
    gc.freeze()  # what is loaded now stays; without it, collecting garbage doubles the time of exports
    yield {}
    windows.close()
    get_database().close()
    in_use.close()


streamlit_files = Path(st.__file__).parent / "static"
if get_settings().base_path:  # st.set_option refuses options of the server, as they must be there before it is made
    streamlit_configuration.set_option("server.baseUrlPath", get_settings().base_path, "LABELBUDDY_PUBLIC_URL")
base = str(st.get_option("server.baseUrlPath") or "").strip("/")
base = f"/{base}" if base else ""
host = host_configuration(st.get_option("client.allowedOrigins"))
shell = make_shell(streamlit_files, base=base, editor=editor_paths(), host=host)
app = st.App(
    ROOT / "pages" / "main.py",
    routes=[Mount("/api", app=api()), Route("/lb-assets/{name}", asset)],
    middleware=[
        Middleware(BasePath, base=base),
        Middleware(Protection, policy=content_security_policy(shell.page)),
        Middleware(FrontDoor, shell=shell, files=StaticFiles(streamlit_files), base=base),
    ],
    lifespan=lifespan,
)

if __name__ == "__main__":
    app.run()
