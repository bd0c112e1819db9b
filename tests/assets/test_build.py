"""Our pages never carry what belongs to GOV.UK's own sites, and the lock file names no registry."""

import json
from pathlib import Path

import pytest

from assets import build


@pytest.mark.parametrize(
    ("css", "cleaned"),
    [
        pytest.param("a{b:c}@font-face{font-family:X;src:url(x.woff2)}d{e:f}", "a{b:c}d{e:f}", id="font-face"),
        pytest.param("a{b:c}.crest{background:url(/crest.svg)}d{e:f}", "a{b:c}d{e:f}", id="picture"),
        pytest.param("@media print{.crest{mask:url(/c.svg)}a{b:c}}", "@media print{a{b:c}}", id="picture-in-a-query"),
        pytest.param("a{font:1em GDS Transport,arial,serif}", "a{font:1em Helvetica,Arial,serif}", id="stack"),
        pytest.param('a{font-family:"GDS Transport", arial}', "a{font-family:Helvetica,Arial}", id="quoted-stack"),
        pytest.param("@supports (mask:none){a{b:c}}", "@supports (mask:none){a{b:c}}", id="all-else-stays"),
    ],
)
def test_styles_lose_the_font_and_pictures_of_govuk_and_nothing_else(css: str, cleaned: str) -> None:
    assert build.without_govuk_identity(css) == cleaned


@pytest.mark.parametrize("pointer", ["//# sourceMappingURL=a.js.map", "/*# sourceMappingURL=a.css.map */"])
def test_files_do_not_point_to_source_maps_that_are_not_shipped(pointer: str) -> None:
    assert build.without_source_map(f"kept\n{pointer}\n").strip() == "kept"


def test_a_failure_of_npm_is_told_in_one_line_that_a_person_can_act_on() -> None:
    said = "npm error code E404\nnpm error errno 1\nnpm error No such package\nnpm error more\n"
    assert build.reason_in(said) == "No such package"
    assert build.reason_in("node: not found\n") == "node: not found"
    assert build.reason_in("") == "it gave no reason"


def test_output_is_made_again_only_when_its_inputs_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "STAMP", tmp_path / "stamp")
    assert not build.is_current(build.digest())
    build.STAMP.write_text(build.digest(), encoding="ascii")
    assert build.is_current(build.digest())
    assert not build.is_current("another digest")


def test_the_lock_file_names_no_registry_and_checks_every_package() -> None:
    text = build.LOCK.read_text(encoding="utf-8")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert "://" not in text
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
