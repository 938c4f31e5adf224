"""In which language a request is answered: people read that of the site, programs English."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from dash import Dash
from markupsafe import Markup

from app.csrf import API
from facility.language import ENGLISH, in_scripts, language, speaking
from facility.site import Site

TO_PROGRAMS = (API, "/metrics", "/readyz", "/healthz")
Answering = Callable[[dict[str, Any], Any], Iterable[bytes]]
"""A WSGI application."""

NOT_NEEDED = re.compile(r'<script src="[^"]*/dash_table/[^"]*"></script>')
"""What Dash sends with every page and nobody here uses: its own tables."""


def spoken(answering: Answering, site: Callable[[], Site]) -> Answering:
    """The same application, with every request answered in the language that it is to be answered in."""

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        to_a_program = environ.get("PATH_INFO", "").startswith(TO_PROGRAMS)
        with speaking(ENGLISH if to_a_program else site().language):
            return answering(environ, start)

    return answer


def words() -> Markup:
    """What the scripts of a page are to write in the language that is spoken, as a part of the page: assets/words.js
    reads it. It is data, which no Content-Security-Policy minds.
    """
    text = json.dumps(in_scripts(), ensure_ascii=False).replace("<", "\\u003c")
    return Markup(f'<script type="application/json" id="words">{text}</script>')


class SpokenDash(Dash):
    """Dash whose page says in which language it is, has the words of its scripts, and asks for those that it uses."""

    def interpolate_index(self, *args: Any, **parts: Any) -> str:
        page: str = super().interpolate_index(*args, **parts)  # type: ignore[no-untyped-call]  # Dash has no types
        return NOT_NEEDED.sub("", page).replace("{%language%}", language()).replace("<!--words-->", words())
