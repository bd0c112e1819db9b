"""A bundle proves itself: one byte that is not what it was is found, and its file named."""

import io
import json
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.conftest import PASSWORD
from tests.evidence.conftest import NOW, Recorder, arrived
from tests.evidence.samples import JPEG, PDF, bomb
from tsalert.audit import queries as audit
from tsalert.cases import service as cases
from tsalert.core.actors import Actor, Via
from tsalert.core.errors import NotFound
from tsalert.db import db, transaction
from tsalert.evidence import bundles, removing, service, storing, verifying
from tsalert.evidence.rules import NewCustody, NewExhibit, NewFile
from tsalert.evidence.verifying import Broken, Verdict
from tsalert.evidence.vocabulary import CustodyKind
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bundle(case_id: int, actor: Actor, exhibit: Recorder, add: Recorder, tmp_path: Path) -> Path:
    """A bundle of a film, a picture made from it, an object, and an attachment with a wild name."""
    fill(case_id, actor)
    return save(case_id, actor, tmp_path)


def fill(case_id: int, actor: Actor) -> None:
    film = service.record_exhibit(
        case_id, NewExhibit("A receipt\nRT/9: a line that is none"), arrived(), actor=actor, now=NOW
    )
    still = NewExhibit("Its signature, brightened", original=film)
    service.record_exhibit(case_id, still, arrived(JPEG, "still.jpg"), actor=actor, now=NOW)
    ladder = service.record_exhibit(case_id, NewExhibit("A ladder"), None, actor=actor, now=NOW)
    sealed = NewCustody(CustodyKind.SEALED, seal_number="B0012345")
    service.record_custody(case_id, ladder, sealed, actor=actor, now=NOW)
    service.add_file(case_id, NewFile(), arrived(PDF, "../../<b>wild</b>.pdf"), actor=actor, now=NOW)


def save(case_id: int, actor: Actor, folder: Path) -> Path:
    made = bundles.open_bundle(case_id, actor=actor, now=NOW)
    path = folder / made.name
    path.write_bytes(b"".join(made.pieces))
    return path


def verdict_on(path: Path) -> Verdict:
    return verifying.verify_bundle(db.session(), path)


def test_a_bundle_holds_every_file_with_its_hash_its_exhibit_and_its_chain(bundle: Path) -> None:
    with ZipFile(bundle) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for file in manifest["files"]:
            assert sha256(archive.read(file["path"])).hexdigest() == file["sha256"]
        names = archive.namelist()
    assert len(names) == 2 + 3
    assert [file["exhibit"] for file in manifest["files"]] == ["RT/1", "RT/2", None]
    assert [each["made_from"] for each in manifest["exhibits"]] == [None, "RT/1", None]
    assert manifest["exhibits"][2]["custody"][0]["seal_number"] == "B0012345"


def test_no_path_of_a_bundle_comes_from_a_name_that_was_told(bundle: Path) -> None:
    with ZipFile(bundle) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert "../../<b>wild</b>.pdf" in [file["name"] for file in manifest["files"]]
    assert all(".." not in name and "<" not in name and not name.startswith("/") for name in names)


def test_the_manifest_for_people_says_it_in_plain_words_one_line_each(bundle: Path) -> None:
    with ZipFile(bundle) as archive:
        lines = archive.read("manifest.txt").decode().splitlines()
    assert "3 files, 3 exhibits." in lines[2]
    assert "Exhibit RT/1: A receipt RT/9: a line that is none" in lines
    assert "  10 June 2026, 13:00: Sealed: seal B0012345" in lines
    assert "  Made from exhibit RT/1" in lines


def test_a_file_that_retention_removed_is_named_and_not_in_the_bundle(
    session: Session, case_id: int, actor: Actor, add: Recorder, exhibit: Recorder, tmp_path: Path
) -> None:
    gone = [add(), exhibit(arrived())]
    with transaction() as step:
        for key in removing.remove_files(step, [case_id], run_id=7, now=NOW):
            storing.discard(key)
    kept = add(JPEG, "photo.jpg")
    path = save(case_id, actor, tmp_path)
    with ZipFile(path) as archive:
        manifest, lines = json.loads(archive.read("manifest.json")), archive.read("manifest.txt").decode().splitlines()
        names = archive.namelist()
    assert names == ["manifest.json", "manifest.txt", f"attachments/{kept}.jpg"]
    assert [file["path"] for file in manifest["files"]] == names[2:]
    told = [(file["exhibit"], file["run"], file["removed_at"], file["sha256"]) for file in manifest["removed"]]
    hashed = sha256(PDF).hexdigest()
    assert told == [("RT/1", 7, NOW.isoformat(), hashed), (None, 7, NOW.isoformat(), hashed)]
    assert "1 file, 1 exhibit." in lines[2]
    assert lines[3] == "Not in it any more: 2 files whose time was over."
    said = f"  File {gone[0]}: PDF document, {len(PDF)} bytes, removed under retention run 7 on 10 June 2026, 13:00"
    assert said in lines
    assert verdict_on(path) == Verdict(3, [], [])
    assert audit.entries_about(session, "case", case_id)[-1].detail["files"] == 1


def test_a_bundle_as_it_was_made_fits_and_its_making_is_in_the_trail(bundle: Path, case_id: int) -> None:
    assert verdict_on(bundle) == Verdict(5, [], [])
    entry = audit.entries_about(db.session(), "case", case_id)[-1]
    assert (entry.action, entry.detail["files"]) == ("bundled", 3)


def test_one_byte_that_was_changed_is_found_and_its_file_named(bundle: Path) -> None:
    whole = bundle.read_bytes()
    chance = Random(4)
    with ZipFile(bundle) as archive:
        members = [(info.filename, content_of(whole, info)) for info in archive.infolist()]
    for name, (start, size) in members:
        for _ in range(20):
            at = start + chance.randrange(size)
            changed = bytearray(whole)
            changed[at] ^= 1 << chance.randrange(8)
            bundle.write_bytes(changed)
            assert name in found_in(bundle)


def content_of(whole: bytes, info: ZipInfo) -> tuple[int, int]:
    """Return where the content of a member begins in the file, and its size."""
    header = info.header_offset
    lengths = (
        int.from_bytes(whole[header + 26 : header + 28], "little"),
        int.from_bytes(whole[header + 28 : header + 30], "little"),
    )
    return header + 30 + sum(lengths), info.file_size


def found_in(path: Path) -> str:
    """Return everything that is said of a bundle."""
    try:
        return " ".join(fault.name for fault in verdict_on(path).faults)
    except Broken as broken:
        return str(broken)


def test_no_byte_of_a_bundle_can_be_changed_so_that_its_files_come_out_otherwise(bundle: Path) -> None:
    whole, chance = bundle.read_bytes(), Random(8)
    wanted = unpacked(whole)
    for _ in range(300):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        bundle.write_bytes(changed)
        if not found_in(bundle):
            assert unpacked(bytes(changed)) == wanted


def unpacked(whole: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(whole)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, change: Callable[[dict[str, bytes]], object], *, packed: bool = False) -> Path:
    """Write a bundle anew with other members."""
    members = unpacked(path.read_bytes())
    change(members)
    with ZipFile(path, "w", ZIP_DEFLATED if packed else 0) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_file_that_was_taken_out_put_in_or_packed_is_named(bundle: Path) -> None:
    taken = next(name for name in unpacked(bundle.read_bytes()) if name.startswith("attachments/"))
    whole = bundle.read_bytes()
    assert taken in found_in(rewritten(bundle, lambda members: members.pop(taken)))
    bundle.write_bytes(whole)
    put = {"exhibits/more.pdf": PDF}
    assert "exhibits/more.pdf" in found_in(rewritten(bundle, lambda members: members.update(put)))
    bundle.write_bytes(whole)
    assert "packed or locked" in found_in(rewritten(bundle, lambda members: members.update({}), packed=True))


def test_a_manifest_that_was_written_to_fit_other_files_is_not_ours(bundle: Path) -> None:
    def forge(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        file = manifest["files"][0]
        members[file["path"]] = forged = PDF + b"forged"
        file["sha256"], file["size"] = sha256(forged).hexdigest(), len(forged)
        members["manifest.json"] = json.dumps(manifest).encode()

    (fault,) = verdict_on(rewritten(bundle, forge)).faults
    assert (fault.name, "made no bundle" in fault.problem) == ("manifest.json", True)


@pytest.mark.parametrize(
    "content", [b"", b"no zip", bomb(), b"PK\x05\x06" + bytes(18)], ids=["empty", "text", "bomb", "no members"]
)
def test_what_is_no_bundle_is_refused_and_never_unpacked(session: Session, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sent.zip"
    path.write_bytes(content)
    with pytest.raises(Broken):
        verdict_on(path)


def test_a_name_in_the_directory_that_is_no_text_is_named_as_damage(bundle: Path) -> None:
    content = bytearray(bundle.read_bytes())
    directory = int.from_bytes(content[-6:-2], "little")
    content[directory + 9] |= 0x08  # the names are UTF-8
    content[directory + 46] = 0xFF
    bundle.write_bytes(content)
    assert "cannot be read as a ZIP file" in found_in(bundle)


def test_a_bundle_that_was_cut_off_is_not_taken_for_whole(bundle: Path) -> None:
    bundle.write_bytes(bundle.read_bytes()[:-30])
    assert "cannot be read as a ZIP file" in found_in(bundle)


def test_a_file_changed_on_the_disk_breaks_its_bundle_off(case_id: int, actor: Actor, add: Recorder) -> None:
    add()
    made = bundles.open_bundle(case_id, actor=actor, now=NOW)
    for key in storing.kept_keys():
        path = storing.path_of(key)
        if path.read_bytes() == PDF:
            path.chmod(0o600)
            path.write_bytes(PDF.replace(b"obj", b"obJ", 1))
    with pytest.raises(OSError, match="not as it was stored"):
        b"".join(made.pieces)


def test_a_bundle_with_a_file_that_is_gone_is_refused_before_it_begins(
    case_id: int, actor: Actor, add: Recorder, store: Callable[[], set[Path]]
) -> None:
    add()
    for path in store():
        path.unlink()
    with pytest.raises(NotFound):
        bundles.open_bundle(case_id, actor=actor, now=NOW)


@pytest.fixture
def filled(fresh_app: Flask, tmp_path: Path) -> Path:
    """A bundle of a case of the fresh application."""
    with fresh_app.app_context():
        roles = [RoleName.CASE_OFFICER]
        staff.create_officer("a@example.org", name="Robin Tate", roles=roles, password=PASSWORD, now=NOW)
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "a@example.org"), Via.PAGE)
        case_id = cases.open_case(described(), actor=actor, now=NOW)
        fill(case_id, actor)
        return save(case_id, actor, tmp_path)


def test_the_command_verifies_a_bundle_and_names_the_corrupted_file(filled: Path, run_command: Command) -> None:
    whole = run_command("evidence", "verify", "--bundle", str(filled))
    assert (whole.returncode, whole.stdout) == (0, "5 files compared, 0 not what they were.\n")
    changed = bytearray(filled.read_bytes())
    changed[changed.index(JPEG) + 20] ^= 1
    filled.write_bytes(changed)
    broken = run_command("evidence", "verify", "--bundle", str(filled))
    assert broken.returncode == 1
    assert "exhibits/RT-2/" in broken.stderr


def test_the_command_verifies_the_store_and_names_what_is_changed_missing_and_unknown(
    fresh_app: Flask, filled: Path, run_command: Command
) -> None:
    whole = run_command("evidence", "verify", "--store")
    assert (whole.returncode, whole.stdout) == (0, "3 files compared, 0 not what they were.\n")
    with fresh_app.app_context():
        first, second = (path for path in map(storing.path_of, storing.kept_keys()) if path.read_bytes() == PDF)
    first.chmod(0o600)
    first.write_bytes(PDF.replace(b"obj", b"obJ", 1))
    second.unlink()
    stray = first.parent.parent / "ff" / ("f" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(PDF)
    broken = run_command("evidence", "verify", "--store")
    assert broken.returncode == 1
    assert f"{first}: it is not as it was stored" in broken.stderr
    assert f"{second}: it is missing" in broken.stderr
    assert f"{stray}: no record knows this file" in broken.stderr
    assert "exhibit RT/1" in broken.stderr


def test_the_command_wants_to_know_what_to_verify(run_command: Command) -> None:
    assert run_command("evidence", "verify").returncode == 2
