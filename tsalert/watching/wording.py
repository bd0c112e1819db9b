"""What the watch writes to managers, and what its pages call things. Pure."""

from collections.abc import Sequence

from tsalert.delivery.rules import Channel, Content

CHANNELS = {Channel.EMAIL: "Email", Channel.SMS: "Text messages", Channel.VOICE: "Calls"}


def watch_mail(problems: Sequence[str], *, authority: str, link: str) -> Content:
    """Return the mail about what is wrong with the service."""
    lines = "".join(f"- {each}\n" for each in problems)
    text = (
        f"Something is wrong with the service of {authority}:\n\n{lines}\n"
        "While no worker runs nobody is paged: look at the board and ring by hand. Whoever runs the machine must "
        "start the worker (python -m tsalert.worker).\n\n"
        f"{link}\n\n"
        "You get this once an hour until it is put right.\n"
    )
    return Content(subject=f"tsalert for {authority} is not fully working", text=text)
