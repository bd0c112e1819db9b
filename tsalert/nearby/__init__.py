"""Alerts of linked authorities: read from their public feeds, shown to officers, and begun anew as alerts of ours."""
