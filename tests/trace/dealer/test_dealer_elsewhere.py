"""Keys, signed codes and both lists before a checker in another language, written from the documentation."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from small_factory import NOW, Factory, a_link, altered

from shellmark_trace.manifest import Withdrawal, build_manifest, build_withdrawn
from shellmark_trace.signed import CodeSigner, SignedLink

CHECKER = Path(__file__).parent / "dealer.mjs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if shutil.which("node") is None:
        pytest.skip("no node: apt-get install nodejs")
    return tmp_path


def check(folder: Path, texts: list[str]) -> subprocess.CompletedProcess[str]:
    files = [str(folder / name) for name in ("roots", "keys", "issued", "withdrawn")]
    command = ["node", str(CHECKER), *files]
    return subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False, timeout=60)


def test_a_program_of_another_language_comes_to_the_same_answers(folder: Path) -> None:
    factory = Factory()
    keys = factory.keys()
    signer = CodeSigner.of(factory.station, keys)
    links = [a_link() for _ in range(2000)]
    strangers = [a_link() for _ in range(2000)]
    (folder / "roots").write_text("\n".join(str(one.card) for one in factory.holders))
    (folder / "keys").write_bytes(factory.signed(keys))
    (folder / "issued").write_bytes(build_manifest(links, factory.manifest, version=1, now=NOW))
    void = [(links[0], Withdrawal.VOID), (links[1], Withdrawal.COPIED), (links[2], Withdrawal.RETIRED)]
    (folder / "withdrawn").write_bytes(build_withdrawn(void, factory.manifest, version=1, now=NOW))
    signed = [signer.sign(link, NOW, drawn_at=NOW, before=0) for link in links[:100]]
    forged = [SignedLink(a_link(altered(one.link.serial, 5)), one.key_id, one.signature) for one in signed]
    ran = check(folder, [str(one) for one in (*links, *strangers, *signed, *forged)])
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert (said["holders"], said["issued"]) == (2, 2000)
    answers = said["answers"]
    assert all(one["issued"] for one in answers[:2000])
    assert [one["why"] for one in answers[:4]] == ["void", "copied", "retired", None]
    assert not any(one["issued"] or one["why"] for one in answers[2000:4000])
    assert all(one["signature"] is True for one in answers[4000:4100])
    assert all(one["signature"] is False for one in answers[4100:])
    for name in ("keys", "issued", "withdrawn"):
        whole = (folder / name).read_bytes()
        place = whole.index(b'"version":1') if name != "keys" else whole.index(b"ID.EXAMPLE")
        (folder / name).write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert check(folder, []).returncode == 1
        (folder / name).write_bytes(whole)
    assert check(folder, []).returncode == 0
