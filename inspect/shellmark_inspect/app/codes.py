"""`shellmark codes`: what people do with codes once their labels are on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from shellmark_inspect.app.checks import ConfigArgument, OperatorOption, records_of
from shellmark_inspect.app.files import read_lines
from shellmark_inspect.app.printing import JsonOption, errors, out, print_json, print_table
from shellmark_inspect.app.records import WhereOption, open_reader
from shellmark_inspect.errors import DatabaseInUse, InputError
from shellmark_inspect.outputs import OutputError, VerifySite, build_output, deliver, read_output_settings
from shellmark_inspect.records import IssuedCode, RecordReader, Records
from shellmark_inspect.station import (
    WISHES,
    Answer,
    Spool,
    StationConfig,
    Taken,
    Wish,
    as_rows,
    open_log,
    publish,
    take_step,
)
from shellmark_trace import States, check_serial, parse_link

app = typer.Typer(
    no_args_is_help=True,
    help="Codes once their labels are on: ship, take back, retire, doubt; orders, rolls of labels and their counts.",
)

NOT_ALL = 1
"""The exit code when a code could not take its step."""
VERIFY = "verify"

CodesArgument = Annotated[list[str] | None, typer.Argument(help="Serials, or whole codes as a scanner reads them.")]
FileOption = Annotated[Path | None, typer.Option("--file", help="A text file with one code or serial a line.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a word.")]
SecondOption = Annotated[str, typer.Option("--second", help="The second person, where two are needed.")]
TargetOption = Annotated[
    str | None, typer.Option("--target", help="The output of the verify site. Default: the only one of that kind.")
]
TAKEN_WITHIN_S = 30.0
"""How long a running station has to take a wish up before it is taken back."""
LONGEST_S = 600.0
LOOK_AGAIN_S = 0.1


# ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command("list")
def list_codes(
    data: WhereOption = None,
    state: Annotated[States | None, typer.Option("--state", help="Only codes that stand there.")] = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="Only the codes' texts, one a line, for another command.")
    ] = False,
    machine: JsonOption = False,
) -> None:
    """List codes with their states; may be asked while the station runs.

    Examples: `shellmark codes list --data station.toml --state ACTIVE` · `… --state ACTIVE --texts > codes.txt`
    """
    reader = open_reader(data)
    try:
        found = [code for code in reader.issued().codes() if state in (None, code.state)]
    finally:
        reader.close()
    if texts:
        for code in found:
            typer.echo(str(code.link))
    elif machine:
        print_json([_code_json(code) for code in found])
    else:
        print_table(("serial", "state", "doubt", "station", "drawn", "gtin"), map(_code_line, found))


# ── steps of codes ──────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def ship(
    config: ConfigArgument,
    operator: OperatorOption,
    codes: CodesArgument = None,
    file: FileOption = None,
    target: TargetOption = None,
    reason: Annotated[str, typer.Option("--reason", help="Such as the delivery's number.")] = "ship",
    machine: JsonOption = False,
) -> None:
    """Say that cases leave the factory, once the verify site knows them; until then buyers read 尚未出厂.

    Example: `shellmark codes ship station.toml --file loaded.txt --operator w17 --reason "delivery 88"`
    """
    site = target or _site_of(StationConfig.read(config))
    _take(config, codes, file, machine, step="ship", operator=operator, reason=reason, target=site)


@app.command()
def claims(config: ConfigArgument, target: TargetOption = None, machine: JsonOption = False) -> None:
    """Fetch from the verify site which shipped codes buyers have claimed, and keep that as CLAIMED.

    Example: `shellmark codes claims station.toml`
    """
    settings = StationConfig.read(config)
    name = target or _site_of(settings)
    site = build_output(read_output_settings(name, settings.outputs.get(name, {}), settings.folder))
    if not isinstance(site, VerifySite):
        raise InputError(f"output {name} is no verify site: name one of kind {VERIFY}")
    try:
        found = site.claimed()
    except OutputError as e:
        raise InputError(f"output {name}: {e}") from e
    if found:
        _take(config, found, None, machine, step="claim")
    elif machine:
        print_json([])
    else:
        out.print("no new claims")


@app.command("return")
def take_back(
    config: ConfigArgument,
    operator: OperatorOption,
    reason: ReasonOption,
    codes: CodesArgument = None,
    file: FileOption = None,
    machine: JsonOption = False,
) -> None:
    """Take shipped cases back.

    Example: `shellmark codes return station.toml K7M2PQX4D8TZ9 --operator w17 --reason "wheel broken"`
    """
    _take(config, codes, file, machine, step="return", operator=operator, reason=reason)


@app.command()
def rework(
    config: ConfigArgument,
    operator: OperatorOption,
    reason: ReasonOption,
    codes: CodesArgument = None,
    file: FileOption = None,
    machine: JsonOption = False,
) -> None:
    """Say that returned cases were reworked; they may be shipped again.

    Example: `shellmark codes rework station.toml K7M2PQX4D8TZ9 --operator w17 --reason "wheel replaced"`
    """
    _take(config, codes, file, machine, step="rework", operator=operator, reason=reason)


@app.command()
def retire(
    config: ConfigArgument,
    operator: OperatorOption,
    reason: ReasonOption,
    codes: CodesArgument = None,
    file: FileOption = None,
    machine: JsonOption = False,
) -> None:
    """Take labelled cases out of use, for ever.

    Example: `shellmark codes retire station.toml K7M2PQX4D8TZ9 --operator w17 --reason recycled`
    """
    _take(config, codes, file, machine, step="retire", operator=operator, reason=reason)


@app.command()
def void(
    config: ConfigArgument,
    operator: OperatorOption,
    reason: ReasonOption,
    codes: CodesArgument = None,
    file: FileOption = None,
    machine: JsonOption = False,
) -> None:
    """Make codes void, for ever; their labels have to be destroyed and nothing is drawn in their place.

    Example: `shellmark codes void station.toml K7M2PQX4D8TZ9 --operator w17 --reason "label lost"`
    """
    _take(config, codes, file, machine, step="void", operator=operator, reason=reason)


@app.command()
def suspect(
    config: ConfigArgument,
    operator: OperatorOption,
    reason: ReasonOption,
    codes: CodesArgument = None,
    file: FileOption = None,
    machine: JsonOption = False,
) -> None:
    """Put codes in doubt; where they stand stays.

    Example: `shellmark codes suspect station.toml K7M2PQX4D8TZ9 --operator qc1 --reason "seen twice in one shop"`
    """
    _take(config, codes, file, machine, step="suspect", operator=operator, reason=reason)


@app.command()
def clear(
    config: ConfigArgument,
    operator: OperatorOption,
    reason: ReasonOption,
    codes: CodesArgument = None,
    file: FileOption = None,
    machine: JsonOption = False,
) -> None:
    """Take codes out of doubt.

    Example: `shellmark codes clear station.toml K7M2PQX4D8TZ9 --operator qc1 --reason "label found and destroyed"`
    """
    _take(config, codes, file, machine, step="clear", operator=operator, reason=reason)


@app.command()
def copied(
    config: ConfigArgument,
    operator: OperatorOption,
    reason: ReasonOption,
    codes: CodesArgument = None,
    file: FileOption = None,
    machine: JsonOption = False,
) -> None:
    """Say for ever that codes in doubt were copied.

    Example: `shellmark codes copied station.toml K7M2PQX4D8TZ9 --operator qc1 --reason "copy bought in Yiwu"`
    """
    _take(config, codes, file, machine, step="copied", operator=operator, reason=reason)


@app.command()
def relabel(
    config: ConfigArgument,
    case: Annotated[str, typer.Argument(help="The case's id.", show_default=False)],
    operator: OperatorOption,
    second: SecondOption,
    reason: ReasonOption,
) -> None:
    """Void the code of a case in the house and draw a new one, printed at the station's next run; two persons.

    Example: `shellmark codes relabel station.toml C-0042 --operator w17 --second s01 --reason "label torn"`
    """
    if StationConfig.read(config).label is None:
        raise InputError("the station prints no labels: have the case relabelled where it got its label")
    with at_rest(config) as records:
        serial = records.labels.relabel(case, first=operator, second=second, reason=reason)
        tell(records, StationConfig.read(config))
    out.print(
        f"case {case}: strip the old label and destroy it; {serial} is printed next", markup=False, soft_wrap=True
    )


# ── parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def at_rest(config: Path) -> Iterator[Records]:
    """The records of a station that stands still.

    Raises:
        DatabaseInUse: it runs; only its own process may write.
        LogForked: the records do not continue what the station has signed: they were rolled back or changed.
    """
    try:
        with records_of(config) as records, _in_its_log(StationConfig.read(config)):
            yield records
    except DatabaseInUse as e:
        raise DatabaseInUse(
            f"{e}, or use its label page (标签页, P) for orders, rolls, new labels and counts: "
            "only one process writes a station's records"
        ) from e


@contextmanager
def _in_its_log(settings: StationConfig) -> Iterator[None]:
    """See first that the records continue what was signed, as a run does, and publish what was done afterwards."""
    if settings.log is None:
        yield
        return
    post = None if settings.log.post is None else settings.folder / settings.data / settings.log.post
    reader = RecordReader(settings.url, settings.images)
    try:
        publisher = open_log(settings, reader)
        publisher.look()
        yield
        publish(publisher, (), post)
    finally:
        reader.close()


def _take(config: Path, codes: list[str] | None, file: Path | None, machine: bool, **wished: Any) -> None:
    """Let every code take a step; each is a transaction of its own, and one that cannot holds back no other.

    A station that runs is handed the wish and does it itself: only its own process writes its records.
    """
    if not wished.get("operator", "-").strip():
        raise InputError("--operator names nobody: say who does it")
    wish = Wish(serials=tuple(_serials(codes, file)), **wished)
    settings = StationConfig.read(config)
    spool = Spool(settings.folder / settings.data / WISHES)
    try:
        with at_rest(config) as records:
            _do_what_was_left(records, spool)
            answer = Answer(taken=tuple(_at_once(records, settings, wish, machine=machine)))
    except DatabaseInUse as e:
        answer = _handed_over(spool, wish, e)
        for one in () if machine else answer.taken:
            _print_taken(one)
    if machine:
        print_json(as_rows(answer))
    if answer.error:
        raise InputError(answer.error)
    if refused := sum(one.refused is not None for one in answer.taken):
        errors.print(
            f"shellmark: {refused} of {len(answer.taken)} codes were refused",
            style="red",
            markup=False,
            soft_wrap=True,
        )
        raise typer.Exit(NOT_ALL)


def _at_once(records: Records, settings: StationConfig, wish: Wish, *, machine: bool) -> Iterator[Taken]:
    for serial in wish.serials:
        records.labels.standing(serial)  # an unknown one ends it before anything is done
    tell(records, settings, aloud=False)  # a code ships only once its site knows it
    for serial in wish.serials:
        yield (one := take_step(records, wish, serial))
        if not machine:
            _print_taken(one)
    tell(records, settings)


def _do_what_was_left(records: Records, spool: Spool) -> None:
    """Do what a run took up, or was handed, and did not come to."""
    for wish in spool.take_up():
        try:
            answer = Answer(taken=tuple(take_step(records, wish, serial) for serial in wish.serials))
        except InputError as e:
            answer = Answer(error=str(e))
        spool.finish(wish.request, answer)


def _handed_over(spool: Spool, wish: Wish, in_use: DatabaseInUse) -> Answer:
    """The running station's answer to a wish.

    Raises:
        DatabaseInUse: it was not taken up in time; it was taken back, and nothing was done.
        InputError: it was taken up and is not done yet.
    """
    spool.hand_in(wish)
    began = time.monotonic()
    while (waited_s := time.monotonic() - began) < LONGEST_S:
        if (answer := spool.answer(wish.request)) is not None:
            return answer
        if waited_s > TAKEN_WITHIN_S and spool.withdraw(wish.request):
            raise DatabaseInUse(
                f"{in_use}; it did not take the wish up within {TAKEN_WITHIN_S:.0f} s: nothing was done"
            )
        time.sleep(LOOK_AGAIN_S)
    raise InputError("the station has taken the wish up and is not done yet: look with `shellmark codes list`")


def _print_taken(one: Taken) -> None:
    doubt = "" if one.suspicion == "NONE" else one.suspicion
    words = filter(None, (one.serial, one.state, doubt, one.refused))
    out.print("  ".join(words), markup=False, soft_wrap=True)


def _serials(codes: list[str] | None, file: Path | None) -> list[str]:
    """The serials that are meant, each once; every text is looked at before anything is done."""
    texts = list(codes or ())
    if file is not None:
        texts += read_lines(file, "list of codes")
    if not texts:
        raise InputError("which codes? give serials or whole codes, or --file with one a line")
    serials = [parse_link(text).serial if "/" in text else check_serial(text) for text in texts]
    if twice := [serial for serial, count in Counter(serials).items() if count > 1]:
        raise InputError(f"code {twice[0]} is given twice: two cases would carry the same, look for the second label")
    return serials


def _site_of(settings: StationConfig) -> str:
    """The output by which the verify site is told."""
    sites = [name for name, one in settings.outputs.items() if one.get("kind") == VERIFY]
    if len(sites) != 1:
        found = f"{len(sites)} outputs of kind {VERIFY}" if sites else f"no output of kind {VERIFY}"
        raise InputError(f"the configuration has {found}: buyers are told by one, see docs/verify-site.md, or --target")
    return sites[0]


def tell(records: Records, settings: StationConfig, *, aloud: bool = True) -> None:
    """Bring what happened to every output, as the running station would; what fails is said and comes later."""
    for name, raw in settings.outputs.items():
        try:
            deliver(records, name, build_output(read_output_settings(name, raw, settings.folder)))
        except OutputError as e:
            if aloud:
                why = f"shellmark: output {name}: {e}; it is told at the station's next run"
                errors.print(why, style="yellow", markup=False, soft_wrap=True)


def _code_line(code: IssuedCode) -> tuple[object, ...]:
    doubt = "" if code.suspicion == "NONE" else code.suspicion
    when = f"{code.drawn_at.astimezone():%Y-%m-%d %H:%M:%S}"
    return code.link.serial, code.state, doubt, code.station, when, code.link.gtin


def _code_json(code: IssuedCode) -> dict[str, Any]:
    return {
        "serial": code.link.serial,
        "gtin": code.link.gtin,
        "text": str(code.link),
        "state": str(code.state),
        "suspicion": str(code.suspicion),
        "station": code.station,
        "drawn_at": code.drawn_at.isoformat(timespec="seconds"),
    }
