"""The application: mounts the rooms' routers, the error handlers, and the built frontend. Nothing else."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, Response
from starlette.convertors import Convertor, register_url_convertor

from app import pipeline
from app.accounts.routes import router as accounts
from app.admin.routes import Readying
from app.admin.routes import router as admin
from app.kernel.errors import NotFoundError
from app.kernel.metrics import Observed
from app.kernel.web import PROBLEM_SCHEMA, SafeHeaders, add_error_handlers
from app.recordings.routes import ROUTERS as RECORDINGS
from app.search.routes import router as search
from app.stories.routes import router as stories
from app.transcripts.routes import ROUTERS as TRANSCRIPTS

if TYPE_CHECKING:
    from app.ports import Ports

FRONTEND = Path(__file__).resolve().parent.parent / "frontend" / "dist"
PAGE_HEADERS = {"Cache-Control": "no-cache"}
ASSET_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}


def create_app(ports: Ports, frontend: Path | None = FRONTEND) -> FastAPI:
    """The whole API, and the pages where a built frontend is there."""
    app = FastAPI(
        title="Storybraid",
        version=version("storybraid"),
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.ports = ports
    app.state.owed = pipeline
    app.state.readying = Readying()
    add_error_handlers(app)
    for router in (accounts, stories, *RECORDINGS, *TRANSCRIPTS, search, admin):
        app.include_router(router)
    elsewhere = ports.objects.browser_origin
    app.add_middleware(SafeHeaders, origin=ports.settings.address, stores=f" {elsewhere}" if elsewhere else "")
    app.add_middleware(Observed, say=ports.settings.environment == "production")
    _describe(app)
    if frontend is not None and (frontend / "index.html").exists():
        _serve_pages(app, frontend)
    return app


def _describe(app: FastAPI) -> None:
    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
            schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the schema


class _PagePath(Convertor[str]):
    """Whatever is no address of the API: there an unknown address and a wrong method stay what they are."""

    regex = "(?!api(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("page", _PagePath())


def _serve_pages(app: FastAPI, frontend: Path) -> None:
    root = frontend.resolve()

    @app.api_route("/{path:page}", methods=["GET", "HEAD"], include_in_schema=False)
    def page(path: str) -> Response:
        """A built file, or the page that routes itself; never the page for a missing asset."""
        file = (root / path).resolve()
        if path and file.is_relative_to(root) and file.is_file():
            return FileResponse(file, headers=ASSET_HEADERS if path.startswith("assets/") else PAGE_HEADERS)
        if path.startswith("assets/") or "." in path.rsplit("/", 1)[-1]:
            raise NotFoundError
        return FileResponse(root / "index.html", headers=PAGE_HEADERS)
