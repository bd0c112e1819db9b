"""What draws templates, for a page or for a file that a command writes: components, and how values read."""

from importlib.util import find_spec
from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from tsalert.web import compiled, filters

_COMPONENTS = "govuk_frontend_jinja"


def init_app(app: Flask) -> None:
    """Let a program draw templates; before anything asks for its environment of Jinja."""
    app.jinja_options = compiled.jinja_options()
    app.jinja_environment = compiled.PageEnvironment
    loader, package = app.jinja_loader, find_spec(_COMPONENTS)
    assert loader is not None  # the app has a template folder
    assert package is not None
    assert package.origin is not None
    # The package is found and not read in: few commands draw anything.
    components = FileSystemLoader(Path(package.origin).parent / "templates")
    app.jinja_loader = ChoiceLoader([loader, PrefixLoader({_COMPONENTS: components})])
    filters.init_app(app)
