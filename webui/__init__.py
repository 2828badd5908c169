"""The pages that clerks, supervisors and technicians work on."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from flask import Flask, url_for

from webui import (
    again,
    bar,
    carried,
    errors,
    fields,
    figures,
    guard,
    headers,
    language,
    second_person,
    table_words,
    words,
)
from webui.bootstrap import read_bootstrap, version_of
from webui.context import Composition
from webui.files import FilesInMemory
from webui.live_frames import LIVE_CAP
from webui.services import Services, WebSettings
from webui.streams import Streams
from webui.views import assets, blueprints

__all__ = ["LIVE_CAP", "Services", "WebSettings", "create_app", "end_streams", "warm"]

_HERE: Final = Path(__file__).parent
_STATIC: Final = _HERE / "static"


def create_app(services: Services, settings: WebSettings) -> Flask:
    """Make the web application.

    Args:
        services: what the pages call.
        settings: how they are served.

    Raises: CodedError WEB-BOOTSTRAP when Bootstrap's Debian package is not installed.
    """
    bootstrap = read_bootstrap(settings.bootstrap_folder)
    static_url = f"/static/{version_of(_STATIC, bootstrap)}"
    app = Flask(__name__, static_folder=str(_STATIC), static_url_path=static_url)
    app.config.update(
        DEBUG=False,
        MAX_CONTENT_LENGTH=settings.body_limit_bytes,
        MAX_FORM_MEMORY_SIZE=settings.body_limit_bytes,
        MAX_FORM_PARTS=400,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        PROPAGATE_EXCEPTIONS=False,
        BABEL_TRANSLATION_DIRECTORIES=str(_HERE / "translations"),
    )
    app.request_class = FilesInMemory
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["once"] = lambda: secrets.token_urlsafe(12)
    app.jinja_env.globals["asset"] = lambda name: url_for("static", filename=name)
    streams, live_streams = Streams(settings.stream_cap), Streams(LIVE_CAP)
    app.extensions["renhu"] = Composition(services, settings, streams, live_streams)

    def let_go(session_ids: list[str]) -> None:
        for session_id in session_ids:
            services.desk.release(session_id)
            streams.end_session(session_id)
            live_streams.end_session(session_id)

    services.accounts.users.on_sessions_ended = let_go
    language.install(app)
    again.install(app)
    bar.install(app)
    fields.install(app)
    words.install(app)
    figures.install(app)
    table_words.install(app)
    second_person.install(app)
    guard.install(app)
    carried.install(app)
    headers.install(app)
    errors.install(app)
    app.register_blueprint(assets.blueprint(bootstrap, static_url))
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    return app


def warm(app: Flask) -> None:
    """Compile every template now: the first card of the day shall not wait for it."""
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)


def end_streams(app: Flask) -> None:
    """End all streams, which would go on for as long as their pages are open."""
    composition: Composition = app.extensions["renhu"]
    composition.streams.end_all()
    composition.live_streams.end_all()
