"""Templates of mails, which know nothing of a request; what they are not given is an error."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates" / "email"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def mail_template(name: str) -> Template:
    """Return a template of a mail, such as ``alert.html``."""
    return _TEMPLATES.get_template(name)
