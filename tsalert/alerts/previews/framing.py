"""A mail in a frame of our own page: light or dark, whatever the machine prefers, and unable to act. Pure."""

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
# (name of the look, its words, the colours that its mail program is set to)
LOOKS = (
    ("wide", "On a wide screen", "light"),
    ("dark", "In dark colours", "dark"),
    ("narrow", "On a phone", "light"),
)
_PREFERS_DARK = "@media (prefers-color-scheme: dark)"


def coloured(html: str, *, is_dark: bool) -> str:
    """Return a mail as a program draws it that is set to dark or to light colours."""
    scheme, holds = ("dark", "all") if is_dark else ("light", "not all")
    told = html.replace(_PREFERS_DARK, f"@media {holds}")
    return told.replace("</head>", f"<style>:root {{ color-scheme: only {scheme}; }}</style>\n</head>", 1)
