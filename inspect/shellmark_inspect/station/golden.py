"""Golden cases: shells whose verdict is known, which every version of a model has to get right at the gate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import first_fault
from shellmark_inspect.sets import SetCase, read_set
from shellmark_inspect.types import Verdict
from shellmark_models import ModelError, Store, StoredModel

GOLDEN_FILE = "golden.json"
_MOST_BYTES = 2**24
_MOST_ANCESTORS = 100

Expect = Literal["fail", "stop", "pass"]


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """A case and what it must come to: FAIL, anything but PASS ("stop"), or PASS."""

    case: SetCase
    expect: Expect

    def met_by(self, verdict: Verdict) -> bool:
        """Whether a verdict is what the case must come to."""
        if self.expect == "stop":
            return verdict is not Verdict.PASS
        return verdict is (Verdict.FAIL if self.expect == "fail" else Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Golden:
    """Golden cases, and the share of those that must pass which may be stopped nevertheless."""

    cases: tuple[GoldenCase, ...] = ()
    overkill: float = 0.0


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Case(_Part):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    files: Annotated[dict[str, str], Field(min_length=1, max_length=100)]


class _File(_Part):
    """`files` of a case is by "<view>_<light>", or "" for the one file of a case that has but one."""

    overkill: Annotated[float, Field(ge=0, le=1)] = 0.0
    must_fail: tuple[_Case, ...] = ()
    must_stop: tuple[_Case, ...] = ()
    must_pass: tuple[_Case, ...] = ()


def read_golden(places: Iterable[Path]) -> Golden:
    """The golden cases of several places together, each case once.

    A place is a folder with `golden.json` in it, or an image set: its defects must be stopped, its good cases pass.

    Raises:
        InputError: one cannot be read, or names files outside its folder.
    """
    found = [_read(place) for place in places]
    cases = {(one.case.name, tuple(one.case.files.values())): one for golden in found for one in golden.cases}
    return Golden(tuple(cases.values()), max((golden.overkill for golden in found), default=0.0))


def _read(place: Path) -> Golden:
    file = place / GOLDEN_FILE
    if file.is_file():
        return _of_file(file)
    cases = read_set(place).to_judge
    return Golden(tuple(GoldenCase(case, "pass" if case.kind == "good" else "stop") for case in cases))


def _of_file(file: Path) -> Golden:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InputError(f"{file} is too large for what it is: write it again")
        said = _File.model_validate_json(file.read_bytes())
    except OSError as e:
        raise InputError(f"{file} cannot be read ({e.strerror or e}): check its rights") from e
    except ValidationError as e:
        raise InputError(f"{file}: {first_fault(e)}") from e
    return Golden(tuple(_cases(said, file)), said.overkill)


def _cases(said: _File, file: Path) -> Iterator[GoldenCase]:
    kinds: tuple[tuple[Expect, tuple[_Case, ...]], ...] = (
        ("fail", said.must_fail),
        ("stop", said.must_stop),
        ("pass", said.must_pass),
    )
    for expect, cases in kinds:
        for case in cases:
            files = {key: _inside(file, path) for key, path in case.files.items()}
            yield GoldenCase(SetCase(case.name, files, "good" if expect == "pass" else "defect"), expect)


def _inside(file: Path, name: str) -> Path:
    folder = file.parent.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or "\0" in name:
        raise InputError(f"{file}: {name!a} lies outside its folder: put the picture beside it")
    return path


def golden_places(store: Store, stored: StoredModel) -> tuple[Path, ...]:
    """Where the golden cases of a version are: in its own bundle, its ancestors', the active one's, and the model's.

    A version cannot bring an easier set than those before it had to meet.
    """
    name, line = stored.name, [stored]
    while (parent := line[-1].card.parent) is not None and len(line) < _MOST_ANCESTORS:
        try:
            line.append(store.find(parent))
        except ModelError:
            break
    with suppress(ModelError):
        line.append(store.find(name))
    folders = [*(one.folder for one in line), *(root / name for root in store.roots)]
    return tuple(folder for folder in dict.fromkeys(folders) if (folder / GOLDEN_FILE).is_file())
