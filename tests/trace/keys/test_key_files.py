"""Key files: private, whole, never written over, opened by their passphrase only."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from shellmark_trace import KeyFileError
from shellmark_trace.keys import (
    Card,
    Kind,
    card_of,
    create_key,
    read_key,
    read_passphrase,
    read_pin_key,
    replace_public,
    write_card,
    write_public,
)

PASSPHRASE = b"correct horse battery"

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "st01.key"
    create_key(Kind.STATION, "st01", path, PASSPHRASE)
    return path


def nobody(_: str) -> str:
    raise AssertionError("nobody is to be asked")


def test_a_key_is_there_again_and_signs(made: Path) -> None:
    found = read_key(made, PASSPHRASE, Kind.STATION)
    assert (found.kind, found.name) == (Kind.STATION, "st01")
    found.card.verifier.key.verify(found.private.sign(b"x"), b"x")
    assert card_of(made) == found.card
    assert Card.parse(str(found.card)) == found.card


@posix
def test_only_the_owner_can_use_it_and_nothing_is_left_beside_it(made: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in made.parent.iterdir()] == [made.name]


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o610])
def test_a_key_others_can_use_is_refused(made: Path, tmp_path: Path, mode: int) -> None:
    copy = tmp_path / "copy.key"
    copy.write_bytes(made.read_bytes())
    copy.chmod(mode)
    with pytest.raises(KeyFileError, match=f"mode {mode:04o}"):
        read_key(copy, PASSPHRASE)
    with pytest.raises(KeyFileError, match="others"):
        card_of(copy)
    copy.chmod(0o600)
    assert read_key(copy, PASSPHRASE).name == "st01"


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="needs another user's file")
def test_a_key_of_another_user_is_refused_to_users(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.key"
    copy.write_bytes(made.read_bytes())
    copy.chmod(0o600)
    os.chown(copy, 12345, 12345)
    with pytest.raises(KeyFileError, match="another user"):
        read_key(copy, PASSPHRASE)


def test_what_exists_is_never_written_over(made: Path) -> None:
    before = made.read_bytes()
    with pytest.raises(KeyFileError, match="stays as it is"):
        create_key(Kind.STATION, "st02", made, PASSPHRASE)
    assert made.read_bytes() == before
    assert [one.name for one in made.parent.iterdir()] == [made.name]


@posix
def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "x.key").symlink_to(target)
    with pytest.raises(KeyFileError, match="stays as it is"):
        create_key(Kind.ROOT, "a", tmp_path / "x.key", PASSPHRASE)
    assert not target.exists()


@posix
def test_a_usb_stick_without_hard_links_or_modes_takes_new_files_and_keeps_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    monkeypatch.setattr(os, "fchmod", refuse)
    write_public(tmp_path / "k1.list", b"one")
    with pytest.raises(KeyFileError, match="stays as it is"):
        write_public(tmp_path / "k1.list", b"two")
    replace_public(tmp_path / "k1.list", b"three")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("k1.list", b"three")]


@pytest.mark.parametrize("where", ["none/x.list", "file/x.list"])
def test_a_folder_that_is_none_is_one_line(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(KeyFileError, match="cannot be written"):
        write_public(tmp_path / where, b"x")


def test_a_wrong_passphrase_or_kind_does_not_open_it(made: Path) -> None:
    for wrong in (b"correct horse batterz", PASSPHRASE + b"\n", b"x"):
        with pytest.raises(KeyFileError, match="passphrase"):
            read_key(made, wrong)
    with pytest.raises(KeyFileError, match="a root key is due"):
        read_key(made, PASSPHRASE, Kind.ROOT)
    with pytest.raises(KeyFileError, match="pin key"):
        read_pin_key(made, PASSPHRASE)


def test_the_passphrase_is_stretched_by_scrypt_before_the_file_s_own_rounds(made: Path) -> None:
    pem = made.read_bytes()
    pem = pem[pem.index(b"-----BEGIN") :]
    with pytest.raises(ValueError, match=r"password|decrypt|Bad|padding"):
        serialization.load_pem_private_key(pem, PASSPHRASE)
    assert b"shellmark-scrypt: 65536 8 1 " in made.read_bytes()


def test_a_pin_key_has_32_secret_bytes_and_no_card(tmp_path: Path) -> None:
    card = create_key(Kind.PIN, "pin", tmp_path / "pin.key", PASSPHRASE)
    secret = read_pin_key(tmp_path / "pin.key", PASSPHRASE)
    assert len(secret) == 32
    assert card.verifier.vkey not in (tmp_path / "pin.key").read_text()
    with pytest.raises(KeyFileError, match="no card"):
        write_card(card, tmp_path / "pin.pub")
    with pytest.raises(KeyFileError):
        card_of(tmp_path / "pin.key")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-30],
        lambda data: b"",
        lambda data: data.replace(b"shellmark-kind: station", b"shellmark-kind: nobody"),
        lambda data: data.replace(b"shellmark-kind: station", b"shellmark-kind: root"),
        lambda data: data.replace(b"shellmark-name: st01", b"shellmark-name: st02"),
        lambda data: data.replace(b"65536 8 1", b"9999999 8 1"),
        lambda data: data.replace(b"65536 8 1", b"2097152 8 1"),
        lambda data: data + b"x",
        lambda data: data.replace(b"-----BEGIN ENCRYPTED", b"-----BEGIN"),
    ],
)
def test_a_changed_file_is_refused_in_one_line(made: Path, tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    copy = tmp_path / "copy.key"
    copy.write_bytes(change(made.read_bytes()))
    copy.chmod(0o600)
    with pytest.raises(KeyFileError) as caught:
        read_key(copy, PASSPHRASE, Kind.STATION)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("wrong", [b"short", b"", b"aaaaaaaaaaaaaaaaaaaa", b"12345678901"])
def test_an_easy_passphrase_is_refused_before_anything_is_written(tmp_path: Path, wrong: bytes) -> None:
    with pytest.raises(KeyFileError, match="too easy"):
        create_key(Kind.ROOT, "a", tmp_path / "a.key", wrong)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", ["", "a b", "a+b", "-a", "a\n", "名", "x" * 81])
def test_a_name_a_signature_line_could_not_carry_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(KeyFileError, match="no name"):
        create_key(Kind.ROOT, wrong, tmp_path / "a.key", PASSPHRASE)


def test_a_passphrase_comes_from_a_variable_a_file_a_descriptor_or_a_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASS_HERE", "from the variable")
    assert read_passphrase("env:PASS_HERE", nobody, "x") == b"from the variable"
    file = tmp_path / "pass"
    file.write_bytes("来自文件\n".encode())
    file.chmod(0o600)
    assert read_passphrase(f"file:{file}", nobody, "x") == "来自文件".encode()
    reading, writing = os.pipe()
    os.write(writing, b"from a pipe\n")
    os.close(writing)
    assert read_passphrase(f"fd:{reading}", nobody, "x") == b"from a pipe"
    os.close(reading)
    assert read_passphrase("prompt", lambda what: f"typed for {what}", "x") == b"typed for x"


@pytest.mark.parametrize(
    "wrong", ["hunter2hunter2", "", "env:", "env:NOT_SET_ANYWHERE", "file:/nowhere/at/all", "fd:x", "fd:999", "pass:x"]
)
def test_a_passphrase_on_the_command_line_or_from_nowhere_is_refused_and_not_repeated(wrong: str) -> None:
    with pytest.raises(KeyFileError) as caught:
        read_passphrase(wrong, nobody, "x")
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@posix
def test_a_passphrase_file_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pass"
    file.write_text("correct horse battery")
    file.chmod(0o644)
    with pytest.raises(KeyFileError, match="others"):
        read_passphrase(f"file:{file}", nobody, "x")


@posix
def test_openssl_sees_an_encrypted_pkcs8_key(made: Path) -> None:
    try:
        found = subprocess.run(["openssl", "asn1parse", "-in", made], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no openssl here")
    assert "PBES2" in found.stdout
    assert "aes-256-cbc" in found.stdout
