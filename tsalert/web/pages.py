"""What every page is drawn with: its form, its reader, the service's name and the way around."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, current_app, g, request, url_for
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import utc_now
from tsalert.web.access import find_actor
from tsalert.web.forms import UNREACHABLE, current_form

_TROUBLES = "tsalert_page_troubles"


class Told(Protocol):
    """What stands above every page while something fails; the incident is None where it is not about one."""

    @property
    def text(self) -> str:
        """What fails, in words."""
        ...

    @property
    def incident_id(self) -> int | None:
        """The incident that it is about."""
        ...

    @property
    def reference(self) -> str | None:
        """The number of the record that it is about."""
        ...


class Link(Struct, frozen=True):
    """One page that leads on, shown to those who hold its permission.

    :param blueprints: those whose pages lie under it; none where it stands for itself alone.
    """

    label: str
    endpoint: str
    permission: Permission
    blueprints: frozenset[str] = frozenset()

    @property
    def href(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        """True where the page shown is this one or lies under it."""
        return request.endpoint == self.endpoint or request.blueprint in self.blueprints


class Room(Struct, frozen=True):
    """One entry of the main navigation, with the links within it.

    :param blueprints: those whose pages lie in it under none of its links.
    """

    label: str
    links: tuple[Link, ...]
    blueprints: frozenset[str] = frozenset()

    @property
    def href(self) -> str:
        """Where the entry leads: to the first of its links."""
        return self.links[0].href

    @property
    def is_current(self) -> bool:
        """True where the page shown lies in this room."""
        return request.blueprint in self.blueprints or any(link.is_current for link in self.links)

    def open_to(self, actor: Actor) -> "Room":
        """Return the room with the links that somebody may follow."""
        return replace(self, links=tuple(link for link in self.links if actor.may(link.permission)))


def init_app(
    app: Flask,
    *,
    authority_name: str,
    rapid_response_number: str,
    rooms: tuple[Room, ...],
    strip: Callable[[Actor], object],
    troubles: Callable[[], Sequence[Told]],
) -> None:
    """Offer to every template what base.html draws.

    :param strip: who is on duty now; asked only by a page that draws it, so that a part of a page costs nothing.
    :param troubles: what every officer must know now, above whatever they read; asked in the same way.
    """
    app.jinja_env.globals["asset"] = _asset_finder(app)
    app.extensions[_TROUBLES] = troubles

    @app.context_processor
    def frame() -> dict[str, Any]:
        actor = _reader()
        return {
            "form": current_form(),
            "actor": actor,
            "now": utc_now(),
            "authority_name": authority_name,
            "rapid_response_number": rapid_response_number,
            "is_demo": app.config["TSALERT_DEMO"],
            "duty_strip": lambda: _strip(strip, actor),
            "page_troubles": lambda: page_troubles() if actor else (),
            "navigation": _navigation(rooms, actor),
        }


def _navigation(rooms: Sequence[Room], actor: Actor | None) -> list[Room]:
    open_rooms = [room.open_to(actor) for room in rooms] if actor and actor.is_officer else []
    return [room for room in open_rooms if room.links]


def _reader() -> Actor | None:
    """Return who reads the page; nobody where the database is gone, so that the page can say so."""
    try:
        return find_actor()
    except UNREACHABLE:
        return None


def _strip(strip: Callable[[Actor], object], actor: Actor | None) -> object:
    """Return what stands under the header for officers; nothing where the database cannot tell, on an error's page."""
    try:
        return strip(actor) if actor else None
    except SQLAlchemyError:
        return None


def page_troubles() -> Sequence[Told]:
    """Return what every officer must know now, asked for once a request; nothing where the database cannot tell."""
    if "troubles" not in g:
        try:
            g.troubles = current_app.extensions[_TROUBLES]()
        except SQLAlchemyError:
            g.troubles = ()
    troubles: Sequence[Told] = g.troubles
    return troubles


def _asset_finder(app: Flask) -> Any:
    folder = Path(app.static_folder or "")

    @lru_cache
    def version(path: str) -> str:
        return sha256((folder / path).read_bytes()).hexdigest()[:12]

    def asset(path: str) -> str:
        return url_for("static", filename=path, v=version(path) if (folder / path).exists() else None)

    return asset
