"""The yardstick: a Flask program that does next to nothing, on the same server and database as the service."""

import os

from flask import Flask
from sqlalchemy import text

from tsalert.db import db

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["TSALERT_DATABASE_URL"]
db.init_app(app)


@app.get("/")
def page() -> str:
    """Answer with a word."""
    return "ok"


@app.post("/")
def insert() -> str:
    """Insert one row in a transaction of its own."""
    with db.engine.connect() as connection:
        connection.execute(text("INSERT INTO bare (word) VALUES ('x')"))
        connection.commit()
    return "ok"
