"""What gunicorn and flask run."""

from tsalert.starting import start

app = start()
