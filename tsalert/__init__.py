"""tsalert: rapid response, cases, savings and alerts for a Trading Standards service."""
