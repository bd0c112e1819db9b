"""How gunicorn serves the yardstick: with the service's threads, and nothing of what the service makes ready."""

from runpy import run_path

threads = run_path("gunicorn.conf.py")["threads"]
