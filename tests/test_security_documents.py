"""What is told of security can be looked up: every requirement once, and every file and test that is named is there."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("SECURITY.md", "docs/threat-model.md", "docs/asvs.md")
STATES = ("Met", "Partly", "Not", "Yours", "None")
# The requirements of levels 1 and 2 of OWASP ASVS 5.0.0: by section the last of each run of numbers.
ASKED = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
_ROW = re.compile(r"^\| (\d+\.\d+)\.(\d+)(?:\u2013\1\.(\d+))? \| .+? \| (\w+) \|", re.MULTILINE)


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def judged() -> Counter[tuple[str, str]]:
    """Return how often each requirement is judged, with its state."""
    found: Counter[tuple[str, str]] = Counter()
    for section, first, last, state in _ROW.findall(text_of("docs/asvs.md")):
        found.update((f"{section}.{number}", state) for number in range(int(first), int(last or first) + 1))
    return found


def test_every_requirement_of_levels_1_and_2_is_judged_once() -> None:
    asked = Counter(f"{section}.{number}" for section, last in ASKED.items() for number in range(1, last + 1))
    assert asked.total() == 253
    assert Counter(number for number, _ in judged().elements()) == asked


def test_the_requirements_are_counted_as_they_are_judged() -> None:
    states = Counter(state for _, state in judged().elements())
    told = re.search(r"^\| Requirements \| (.+) \|$", text_of("docs/asvs.md"), re.MULTILINE)
    assert told is not None
    assert set(states) <= set(STATES)
    assert told[1].split(" | ") == [str(states[state]) for state in STATES]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_and_test_that_is_named_is_there(document: str) -> None:
    text = text_of(document)
    for path, _, name in (
        each.partition("::") for each in re.findall(r"`((?:tests|tsalert|templates|docs)/[^`\s]+)`", text)
    ):
        assert (ROOT / path).exists(), path
        assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"
    for linked, place in re.findall(r"\]\(([\w./-]+\.md)(?:#([\w-]+))?\)", text):
        target = (ROOT / document).parent / linked
        heads = {
            re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")
            for head in re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        }
        assert not place or place in heads, f"{linked}#{place}"


def test_what_answers_a_threat_is_shown_by_a_test() -> None:
    rows = re.findall(r"^\| [STRIDE]\d+ \| .+\| (.+) \|$", text_of("docs/threat-model.md"), re.MULTILINE)
    assert len(rows) > 40
    for shown in rows:
        assert "`tests/" in shown or shown.startswith("remains"), shown
