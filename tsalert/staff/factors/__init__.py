"""The second step of signing in: authenticator apps, passkeys, recovery codes; who needs one, and losing it."""
