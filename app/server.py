"""The web server: Dash on Flask with our pages, live stream, health and guard, served by waitress."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask
from waitress.server import create_server
from waitress.wasyncore import close_all

from app import compression, csrf, guard, health, limits, metrics, proxy, security, shell, trail_export
from app.answering import pages as answering
from app.api import problems, serving
from app.components import records_away, refused
from app.context import AppContext
from app.guard import NotAllowedError
from app.limits import ALLOWANCES, Allowance, Kind
from app.live import stream
from app.pages.registry import PAGES
from app.refusals import Refusals
from app.sign_in import invitations, own_pages, presence, single_sign_on, walls
from app.sign_in import pages as sign_in
from app.spoken import SpokenDash, spoken, words
from app.wall import page as wall
from facility.language import _, _n, language

HERE = Path(__file__).parent
ASSETS = HERE.parent / "assets"
SPARE_THREADS = 16
"""Threads beside one for each viewer's stream: for pages, callbacks and health."""
LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes up to which an answer waits in memory; the plotting library alone is five million."""

CONNECTIONS_EACH = 6
"""Browsers open up to six to one host over HTTP/1.1."""
SILENT_SECONDS = 60
"""After which a connection on which nothing is asked is closed."""
LARGEST_REQUEST = 4 * 1024 * 1024
"""Bytes: a site file with the pictures of a back-test."""
LARGEST_HEADER = 64 * 1024


def create_app(context: AppContext, allowances: Mapping[Kind, Allowance] = ALLOWANCES) -> Dash:
    """The whole web application. `app.server` is its Flask side.

    Raises UndeclaredError where a view or a callback does not say what it needs.
    """
    refusals = Refusals(context.records, context.clock)

    def on_error(error: Exception) -> None:
        if isinstance(error, NotAllowedError):
            refusals.note(context.person(), guard.asked_for(), str(error))
            refused.tell(str(error))
        else:
            records_away.tell(context, error)

    app = SpokenDash(
        "cleanwatch",
        assets_folder=str(ASSETS),
        assets_ignore=r"\.js$",  # our modules import one another; index.html names the first
        index_string=(HERE / "index.html").read_text().replace("<!--symbols-->", (ASSETS / "icons.svg").read_text()),
        title="Cleanwatch",
        update_title="",
        suppress_callback_exceptions=True,
        on_error=on_error,
    )
    app.layout = lambda: shell.shell(context)
    shell.register(app, context, PAGES, refusals)
    for page in PAGES:
        if page.register is not None:
            page.register(app, context)
    server: Flask = app.server
    server.wsgi_app = spoken(server.wsgi_app, context.whole)  # type: ignore[method-assign, assignment]  # as Flask wants it
    server.jinja_env.globals.update(_=_, _n=_n, language=language, words=words)
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    server.register_blueprint(stream.routes(context))
    server.register_blueprint(health.routes(context))
    server.register_blueprint(metrics.routes(context))
    server.register_blueprint(sign_in.routes(context))
    server.register_blueprint(invitations.routes(context))
    server.register_blueprint(walls.routes(context))
    server.register_blueprint(answering.routes(context))
    server.register_blueprint(wall.routes(context))
    server.register_blueprint(single_sign_on.routes(context))
    server.register_blueprint(own_pages.routes(context))
    server.register_blueprint(presence.routes(context))
    server.register_blueprint(serving.routes(context))
    server.register_blueprint(trail_export.routes(context))
    guard.guard(app, context, refusals)
    limits.limit(app, context, limits.Buckets(allowances))
    csrf.protect(server)
    security.guard(app, server)
    compression.compress(server)
    problems.one_shape(server)
    return app


class Server:
    """A web server, one thread for each viewer and some to spare."""

    def __init__(self, app: Dash, context: AppContext, port: int, host: str = "127.0.0.1") -> None:
        self._hub = context.hub
        self._sockets: dict[int, Any] = {}
        self._waitress = create_server(
            proxy.behind(app.server, context.proxies),
            map=self._sockets,
            host=host,
            port=port,
            threads=context.hub.most_viewers + SPARE_THREADS,
            ident=None,
            outbuf_overflow=LARGEST_ANSWER,
            clear_untrusted_proxy_headers=False,  # app/proxy.py does
            connection_limit=CONNECTIONS_EACH * (context.hub.most_viewers + SPARE_THREADS),
            channel_timeout=SILENT_SECONDS,
            max_request_body_size=LARGEST_REQUEST,
            max_request_header_size=LARGEST_HEADER,
        )

    def serve(self) -> None:
        """Answer until `stop` is called from another thread (or a signal handler)."""
        self._waitress.run()

    def stop(self) -> None:
        """End every live stream, let answers on their way be finished, and hang up."""
        self._hub.close()
        self._waitress.task_dispatcher.shutdown()
        # In the server's own thread, and browsers' idle connections too: it would wait for them for minutes.
        self._waitress.trigger.pull_trigger(self._hang_up)

    def _hang_up(self) -> None:
        for channel in list(self._waitress.active_channels.values()):
            channel.handle_close()  # with what it has not sent
        close_all(self._sockets, ignore_all=True)
