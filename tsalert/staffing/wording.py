"""What somebody is written who was given an account; no password is ever in a mail."""

from tsalert.delivery.rules import Content


def invitation(*, authority: str, link: str, provider: str | None) -> Content:
    """Return the mail to a new officer.

    :param provider: what single sign-on is called here; None where there is none.
    """
    way = f"Sign in with {provider}." if provider else "Your administrator gives you a link to choose a password."
    text = (
        f"You have an account for the Trading Standards alerts of {authority}.\n\n"
        f"{way} This is where you sign in: {link}\n\n"
        "If you did not expect this, tell your administrator.\n"
    )
    return Content(subject="Your account for Trading Standards alerts", text=text)
