"""What providers post to us, and the page that shows what residents texted."""

from flask import Blueprint

from tsalert.inbound import queries

bp = Blueprint("inbound", __name__)

__all__ = ["bp", "queries"]
