from __future__ import annotations

import errno
from pathlib import Path

import pytest

from shellmark_inspect.errors import InputError
from shellmark_inspect.teaching.bundle import Workplace, clear_left_over, on_disk


def test_a_bundle_has_its_name_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "bundle"
    with Workplace(target) as place:
        (place.folder / "model.onnx").write_bytes(b"m")
        assert not target.exists()
        assert place.finish() == target
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["bundle"]
    assert (target / "model.onnx").read_bytes() == b"m"


def test_nothing_stays_when_teaching_fails(tmp_path: Path) -> None:
    def fail() -> None:
        with Workplace(tmp_path / "bundle") as place:
            (place.folder / "model.onnx").write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not list(tmp_path.iterdir())


def test_two_may_not_write_one_bundle(tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    with Workplace(target) as first:
        with pytest.raises(InputError, match="is being taught by another process"), Workplace(target):
            pass
        with Workplace(tmp_path / "other"):
            pass
        first.finish()
    with pytest.raises(InputError, match="exists: a bundle is never overwritten"), Workplace(target):
        pass


def test_a_name_taken_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    with Workplace(target) as place:
        target.mkdir()
        (target / "mine").write_text("kept")
        with pytest.raises(InputError, match="exists"):
            place.finish()
    assert (target / "mine").read_text() == "kept"


def test_what_a_killed_process_left_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / ".bundle.teaching"
    (left / "bundle" / "recipe").mkdir(parents=True)
    (left / "bundle" / "model.onnx").write_bytes(b"half")
    (left / "lock").touch()
    with Workplace(tmp_path / "bundle") as place:
        assert not list(place.folder.iterdir())
        place.finish()
    assert not left.exists()
    (left / "bundle").mkdir(parents=True)
    clear_left_over(tmp_path / "bundle")
    assert left.exists(), "a bundle that is there is not touched"
    clear_left_over(tmp_path / "other")
    (tmp_path / "bundle").rmdir()
    clear_left_over(tmp_path / "bundle")
    assert not left.exists()


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "the disk is full, or that of"), (errno.EACCES, "Permission denied")]
)
def test_what_the_disk_refuses_is_one_line(number: int, said: str) -> None:
    with pytest.raises(InputError, match=said), on_disk(Path("bundle")):
        raise OSError(number, "Permission denied")
