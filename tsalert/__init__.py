"""tsalert: rapid response, cases, savings and alerts for a Trading Standards service."""

__version__ = "0.1.0"
