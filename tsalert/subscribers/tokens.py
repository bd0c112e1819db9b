"""The token of a confirmation link."""

from tsalert.visitors.tokens import signer


def confirm_token(sign_up_id: int) -> str:
    """Return the token of ``/confirm/<token>``; how long it is good for is decided by the sign-up's age."""
    return signer("confirm").sign(sign_up_id)


def read_confirm_token(token: str) -> int | None:
    """Return the sign-up that a token names, or None for a token that is not ours."""
    return signer("confirm").read(token)
