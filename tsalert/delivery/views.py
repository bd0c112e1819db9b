"""Pages."""

from flask import Blueprint

from tsalert.delivery import service

_ = service
bp = Blueprint("delivery", __name__)
