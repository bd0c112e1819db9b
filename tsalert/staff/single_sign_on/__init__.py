"""Signing in where the council knows its people: by OpenID Connect, at one provider."""
