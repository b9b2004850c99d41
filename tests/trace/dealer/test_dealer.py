"""What a dealer is told: every text, every paper, every attack has its own answer."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_factory import DAY, GTIN, HOST, NOW, ORIGIN, OTHER_GTIN, Factory, SmallLog, a_link, altered, key_file

from shellmark_trace import Link
from shellmark_trace.dealer import Answer, Oddity, Papers, Verdicts, Why, answer_json, answer_lines, decide, open_papers
from shellmark_trace.dealer.words import HEADS, LINES, PAPERS
from shellmark_trace.keys import LIST_LIFE, KeyList, Kind, Seen, new_entry, revoked, rotated
from shellmark_trace.manifest import LogAt, Withdrawal, build_manifest, build_withdrawn
from shellmark_trace.signed import CodeSigner, Fault, SignedLink

FACTORY = Factory()
KEYS = FACTORY.keys()
GOOD, VOID, COPIED, RETIRED, NEWER = (a_link() for _ in range(5))
TEXT = str(GOOD)
SIGNER = CodeSigner.of(FACTORY.station, KEYS)


def signed(link: Link) -> str:
    return str(SIGNER.sign(link, NOW, drawn_at=NOW, before=0))


def manifest(size: int = 50, **changes: object) -> bytes:
    logs = (LogAt(origin=ORIGIN, size=size, root="00" * 32, upto=size),)
    facts: dict[str, object] = {"version": 5, "now": NOW, "logs": logs}
    return build_manifest([GOOD, VOID, COPIED, RETIRED], FACTORY.manifest, **(facts | changes))  # type: ignore[arg-type]


def voids(**changes: object) -> bytes:
    found = [(VOID, Withdrawal.VOID), (COPIED, Withdrawal.COPIED), (RETIRED, Withdrawal.RETIRED)]
    facts: dict[str, object] = {"version": 8, "now": NOW}
    return build_withdrawn(found, FACTORY.manifest, **(facts | changes))  # type: ignore[arg-type]


def papers(now=NOW, keys: KeyList = KEYS, seen: Seen | None = None, **given: bytes) -> Papers:  # type: ignore[no-untyped-def]
    return open_papers(now, keys=FACTORY.signed(keys), roots=FACTORY.roots, seen=seen, **given)


ALL = papers(manifest=manifest(), withdrawn=voids())
KEYS_ONLY = papers()


def told(answer: Answer) -> tuple[Verdicts, StrEnum]:
    words = answer_json(answer, NOW)
    assert words["zh"][0].split(":")[0] == HEADS[answer.verdict][0]
    for line in words["zh"] + words["en"]:
        assert "假货" not in line
        assert "正品" not in line
        assert "original" not in line
        assert "genuine" not in line
        assert "{" not in line
        assert "\n" not in line
    return answer.verdict, answer.why


@pytest.mark.parametrize(
    ("text", "held", "verdict", "why"),
    [
        (TEXT, ALL, Verdicts.ISSUED, Why.LISTED),
        (TEXT.replace(f"HTTPS://{HOST}", f"https://{HOST.lower()}"), ALL, Verdicts.ISSUED, Why.LISTED),
        (signed(GOOD), ALL, Verdicts.ISSUED, Why.LISTED),
        (signed(GOOD), KEYS_ONLY, Verdicts.ISSUED, Why.SIGNED),
        (TEXT, KEYS_ONLY, Verdicts.CANNOT_SAY, Why.NO_MANIFEST),
        (TEXT, Papers(), Verdicts.CANNOT_SAY, Why.NO_KEYS),
        (str(VOID), ALL, Verdicts.VOID, Why.WITHDRAWN),
        (signed(VOID), ALL, Verdicts.VOID, Why.WITHDRAWN),
        (str(COPIED), ALL, Verdicts.COPIED, Why.WITHDRAWN),
        (str(RETIRED), ALL, Verdicts.RETIRED, Why.WITHDRAWN),
        (str(NEWER), ALL, Verdicts.UNKNOWN, Why.NOT_LISTED),
        (signed(NEWER), ALL, Verdicts.UNKNOWN, Why.SIGNED_NOT_LISTED),
        (str(a_link(gtin=OTHER_GTIN)), ALL, Verdicts.OTHER, Why.OTHER_FACTORY),
        (TEXT.replace(HOST, "EVIL.CN"), ALL, Verdicts.OTHER, Why.OTHER_HOST),
        (signed(GOOD).replace(HOST, "EVIL.CN"), ALL, Verdicts.OTHER, Why.OTHER_HOST),
    ],
    ids=map(str, count()),  # the texts are drawn anew in every process
)
def test_each_code_has_its_answer(text: str, held: Papers, verdict: Verdicts, why: Why) -> None:
    assert told(decide(text, held, NOW)) == (verdict, why)


def test_exit_codes_are_0_issued_1_not_trusted_2_not_asked() -> None:
    assert {one for one in Verdicts if one.exit_code == 0} == {Verdicts.ISSUED}
    assert {one for one in Verdicts if one.exit_code == 2} == {Verdicts.CANNOT_SAY, Verdicts.NO_CODE}


ODD = [
    ("", Oddity.EMPTY),
    ("X" * 500, Oddity.TOO_LONG),
    (TEXT + " ", Oddity.BLANKS),
    (" " + TEXT, Oddity.BLANKS),
    (TEXT + "\n", Oddity.BLANKS),
    (TEXT.replace("/21/", "/21/\u3000"), Oddity.BLANKS),
    (TEXT.replace(GTIN, GTIN.replace("0", "０", 1)), Oddity.FULL_WIDTH),
    (TEXT.replace("HTTPS", "ＨＴＴＰＳ"), Oddity.FULL_WIDTH),
    (TEXT.replace("/", "／"), Oddity.FULL_WIDTH),
    (TEXT.replace(HOST, "ІD.EXAMPLE.CN"), Oddity.STRANGE_CHARACTERS),  # a Cyrillic І
    (TEXT + "\x00", Oddity.STRANGE_CHARACTERS),
    (TEXT + "\ud800", Oddity.STRANGE_CHARACTERS),
    ("你好", Oddity.STRANGE_CHARACTERS),
    (GOOD.serial, Oddity.SERIAL_ALONE),
    ("hello", Oddity.NO_LINK),
    ("HTTPS", Oddity.CUT_OFF),
    ("HTTPS://", Oddity.CUT_OFF),
    (f"HTTPS://{HOST}", Oddity.CUT_OFF),
    (f"HTTPS://{HOST}/", Oddity.CUT_OFF),
    (f"HTTPS://{HOST}/01/", Oddity.CUT_OFF),
    (f"HTTPS://{HOST}/01/{GTIN}", Oddity.CUT_OFF),
    (f"HTTPS://{HOST}/01/{GTIN}/", Oddity.CUT_OFF),
    (f"HTTPS://{HOST}/01/{GTIN}/21/", Oddity.CUT_OFF),
    (TEXT[:-1], Oddity.CUT_OFF),
    (TEXT.replace("HTTPS", "HTTP"), Oddity.NOT_HTTPS),
    ("weixin://dl/business", Oddity.NOT_HTTPS),
    (TEXT.replace(HOST, f"{HOST}@EVIL.CN"), Oddity.BAD_HOST),
    (TEXT.replace(HOST, "A.VERY.LONG.HOST.NAME.CN"), Oddity.BAD_HOST),
    (f"HTTPS://{HOST}/q/123", Oddity.OTHER_PATH),
    (TEXT.replace("/21/", "/10/1/21/"), Oddity.OTHER_PATH),
    (TEXT.replace(GTIN, GTIN[1:]), Oddity.GTIN_FORM),
    (TEXT.replace(GTIN, GTIN[:-1] + "X"), Oddity.GTIN_FORM),
    (TEXT.replace(GTIN, GTIN[:-1] + "3"), Oddity.GTIN_CHECK),
    (f"HTTPS://{HOST}/01/{GTIN}/21/0123456789abc", Oddity.SERIAL_LOWER_CASE),
    (f"https://{HOST.lower()}/01/{GTIN}/21/0123456789abc", Oddity.SERIAL_LOWER_CASE),
    *((f"HTTPS://{HOST}/01/{GTIN}/21/0123456789AB{letter}", Oddity.SERIAL_LETTERS) for letter in "ILOU"),
    (TEXT + "0", Oddity.SERIAL_LONG),
    (TEXT[:-1] + "-", Oddity.SERIAL_FORM),
    (TEXT + "?x=1", Oddity.MORE),
    (TEXT + "#x", Oddity.MORE),
    (signed(GOOD)[:-1], Oddity.SIGNATURE_CUT),
    (TEXT + "?91=", Oddity.SIGNATURE_CUT),
    (signed(GOOD) + "A", Oddity.SIGNATURE_FORM),
    (signed(GOOD)[:-1] + "=", Oddity.SIGNATURE_FORM),
]


@pytest.mark.parametrize(("text", "oddity"), ODD, ids=map(str, count()))
def test_every_odd_text_has_its_own_line(text: str, oddity: Oddity) -> None:
    assert told(decide(text, ALL, NOW)) == (Verdicts.NO_CODE, oddity)


def test_every_oddity_is_met_and_everything_has_its_words() -> None:
    assert {oddity for _, oddity in ODD} == set(Oddity)
    assert set(LINES) == {*Why, *Fault, *Oddity}
    assert len({str(one) for one in LINES}) == len([*Why, *Fault, *Oddity])
    assert set(HEADS) == set(Verdicts)
    assert len(set(LINES.values())) == len(LINES)
    assert all(any("\u4e00" <= char <= "\u9fff" for char in zh) and en.isascii() for zh, en in LINES.values())
    assert len(PAPERS) == 3


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=120) | st.text("HTPS:/.0123456789ABCILOU?=&#", max_size=90))
def test_any_text_has_an_answer(text: str) -> None:
    for said in (text, TEXT[: len(TEXT) // 2] + text, TEXT + text[:20]):
        answer = decide(said, ALL, NOW)
        assert said == TEXT or answer.verdict is not Verdicts.ISSUED
        assert told(answer)


def test_a_cut_text_is_never_issued() -> None:
    for whole in (TEXT, signed(GOOD)):
        for end in range(len(whole)):
            if whole[:end] != TEXT:  # a signed text that was cut before its signature is the unsigned one
                assert decide(whole[:end], ALL, NOW).verdict is Verdicts.NO_CODE


def test_forged_signatures() -> None:
    other = Factory()
    keys = other.keys()
    forged = str(CodeSigner.of(other.station, keys).sign(GOOD, NOW, drawn_at=NOW, before=0))
    assert told(decide(forged, ALL, NOW)) == (Verdicts.BAD_SIGNATURE, Fault.UNKNOWN_KEY)
    real = SIGNER.sign(GOOD, NOW, drawn_at=NOW, before=0)
    moved = str(SignedLink(a_link(altered(GOOD.serial, 3)), real.key_id, real.signature))
    assert told(decide(moved, ALL, NOW)) == (Verdicts.BAD_SIGNATURE, Fault.WRONG_SIGNATURE)


def test_the_age_and_what_is_not_known_are_said() -> None:
    later = NOW + timedelta(days=2, hours=5)
    answer = decide(TEXT, papers(later, manifest=manifest(), withdrawn=voids()), later)
    said = [line for pair in answer_lines(answer, later) for line in pair]
    assert "本厂签发: 平湖箱包厂" in said
    assert "issued by this factory: Pinghu Luggage" in said
    assert any("签发清单第 5 版" in line and "2 天前" in line for line in said)
    assert any("list of issued codes 5" in line and "2 days old" in line for line in said)
    assert not any("作废名单: 作废" in line for line in said)
    without = answer_lines(decide(TEXT, papers(manifest=manifest()), NOW), NOW)
    assert any("没有作废名单" in zh for zh, _ in without)
    assert answer_json(answer, later)["papers"][1]["age_s"] == (2 * 24 + 5) * 3600


@pytest.mark.parametrize(
    ("now", "seen", "why"),
    [
        (NOW + 14 * DAY, None, Why.MANIFEST_EXPIRED),
        (NOW + 4 * DAY, None, Why.VOIDS_EXPIRED),
        (NOW + LIST_LIFE, None, Why.KEYS_EXPIRED),
        (NOW - DAY, None, Why.KEYS_REFUSED),
        (NOW, Seen({"keys": 3}, NOW), Why.KEYS_REFUSED),
        (NOW, Seen({"issued": 6}, NOW), Why.MANIFEST_REFUSED),
        (NOW, Seen({"withdrawn": 9}, NOW), Why.VOIDS_REFUSED),
        (NOW, Seen({}, NOW + 14 * DAY), Why.MANIFEST_EXPIRED),  # the clock was set back
    ],
)
def test_papers_that_cannot_be_believed_stop_the_answer(now, seen: Seen | None, why: Why) -> None:  # type: ignore[no-untyped-def]
    held = papers(now, seen=seen, manifest=manifest(), withdrawn=voids())
    assert told(decide(TEXT, held, now)) == (Verdicts.CANNOT_SAY, why)


def test_forged_papers_stop_the_answer() -> None:
    other = Factory()
    forged = build_manifest([GOOD], other.manifest, version=9, now=NOW)
    assert told(decide(TEXT, papers(manifest=forged), NOW)) == (Verdicts.CANNOT_SAY, Why.MANIFEST_REFUSED)
    list_of_another = open_papers(NOW, keys=other.signed(other.keys()), roots=FACTORY.roots)
    assert told(decide(TEXT, list_of_another, NOW)) == (Verdicts.CANNOT_SAY, Why.KEYS_REFUSED)
    one_holder = open_papers(NOW, keys=FACTORY.signed(KEYS, (1,)), roots=FACTORY.roots)
    assert told(decide(TEXT, one_holder, NOW)) == (Verdicts.CANNOT_SAY, Why.KEYS_REFUSED)
    assert told(decide("", one_holder, NOW)) == (Verdicts.NO_CODE, Oddity.EMPTY)


def test_what_was_believed_is_remembered_and_what_was_not_is_not() -> None:
    assert ALL.seen == Seen({"keys": 2, "issued": 5, "withdrawn": 8}, NOW)
    far = papers(NOW + 4000 * DAY, manifest=manifest())
    assert far.trouble is not None
    assert far.seen == Seen()  # a clock far ahead must not make every paper old for ever


# ── proofs from the log ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def log() -> SmallLog:
    """GOOD is drawn at leaf 10, active at 12, NEWER drawn at 20 and active at 21, VOID void at 30; 64 leaves in all."""
    found = SmallLog(FACTORY)
    told = {10: (GOOD, "RESERVED"), 12: (GOOD, "ACTIVE"), 20: (NEWER, "RESERVED"), 21: (NEWER, "ACTIVE")}
    told |= {30: (VOID, "VOID"), 31: (COPIED, "COPIED")}
    for index in range(64):
        link, after = told.get(index, (a_link(), "RESERVED"))
        found.add(link, after, subject="suspicion" if after == "COPIED" else "")
    return found


def test_a_proof_stands_in_for_a_newer_manifest(log: SmallLog) -> None:
    for text in (str(NEWER), signed(NEWER)):
        assert told(decide(text, ALL, NOW, proof=log.proof(21))) == (Verdicts.ISSUED, Why.PROVED)
    assert told(decide(str(NEWER), ALL, NOW, proof=log.proof(20))) == (Verdicts.UNKNOWN, Why.NEVER_ACTIVE)
    assert told(decide(signed(NEWER), ALL, NOW, proof=log.proof(20))) == (Verdicts.ISSUED, Why.SIGNED)
    assert told(decide(str(VOID), papers(), NOW, proof=log.proof(30))) == (Verdicts.VOID, Why.LOGGED_SO)
    assert told(decide(str(COPIED), papers(), NOW, proof=log.proof(31))) == (Verdicts.COPIED, Why.LOGGED_SO)


def test_signed_but_not_logged_is_refused_where_the_log_is_asked_for(log: SmallLog) -> None:
    assert told(decide(signed(GOOD), ALL, NOW, need_log=True)) == (Verdicts.BAD_SIGNATURE, Fault.NOT_LOGGED)
    assert told(decide(TEXT, ALL, NOW, need_log=True)) == (Verdicts.CANNOT_SAY, Why.NO_PROOF)
    for text in (TEXT, signed(GOOD)):
        assert told(decide(text, ALL, NOW, need_log=True, proof=log.proof(12))) == (Verdicts.ISSUED, Why.PROVED)


def test_proofs_that_do_not_hold(log: SmallLog) -> None:
    good = log.proof(12)
    stranger = SmallLog(Factory(), log.leaves)
    for wrong in (
        b"",
        good[:-1],
        good.replace(b"index 12", b"index 13"),
        log.proof(10).replace(b"index 10", b"index 12"),
        str(log.bare(12)).encode(),  # without its leaf
        log.proof(20),  # of another code
        stranger.proof(12),  # signed by a log that is not ours
        log.proof(12, 40).replace(b"\n40\n", b"\n41\n"),  # for another tree size
        b"\xff" * 100,
        b"x" * 300_000,
    ):
        assert told(decide(TEXT, ALL, NOW, proof=wrong)) == (Verdicts.CANNOT_SAY, Why.PROOF_REFUSED)


def test_an_exchanged_payload_is_noticed(log: SmallLog) -> None:
    entry, salt, payload = log.leaves[20]
    forged = SmallLog(FACTORY, [*log.leaves])
    forged.leaves[20] = (entry, salt, payload.replace(NEWER.serial.encode(), GOOD.serial.encode()))
    assert told(decide(TEXT, papers(), NOW, proof=forged.proof(20))) == (Verdicts.CANNOT_SAY, Why.PROOF_REFUSED)


def test_a_revoked_log_key_is_believed_for_shorter_logs_only(log: SmallLog) -> None:
    entry = next(one for one in KEYS.keys if one.kind is Kind.LOG)
    gone = revoked(KEYS, entry.id, 40, "stolen", NOW, LIST_LIFE)
    held = papers(keys=gone)
    assert told(decide(TEXT, held, NOW, proof=log.proof(12, 40))) == (Verdicts.ISSUED, Why.PROVED)
    assert told(decide(TEXT, held, NOW, proof=log.proof(12, 41))) == (Verdicts.CANNOT_SAY, Why.PROOF_REFUSED)


# ── the loss drill ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stolen_station_key_end_to_end(log: SmallLog) -> None:
    """The key is stolen when the log has 15 leaves; the thief signs; the holders revoke from 15."""
    thief_link = a_link()
    stolen = signed(thief_link)
    before = papers()
    assert told(decide(stolen, before, NOW)) == (Verdicts.ISSUED, Why.SIGNED)  # offline, before anybody knows
    assert told(decide(stolen, ALL, NOW)) == (Verdicts.UNKNOWN, Why.SIGNED_NOT_LISTED)  # a manifest would have told

    later = NOW + DAY
    gone = revoked(KEYS, SIGNER.entry.id, 15, "station PC stolen", later, LIST_LIFE)
    fresh = key_file(Kind.STATION, "st01")
    gone = rotated(gone, new_entry(fresh.card, later, gtins=(GTIN,), most=1000, log=ORIGIN), later, LIST_LIFE)
    held = papers(later, keys=gone, seen=before.seen)
    assert held.seen.version("keys") == 4
    assert told(decide(stolen, held, later)) == (Verdicts.BAD_SIGNATURE, Fault.REVOKED)

    # codes logged before leaf 15 stay good, by a proof or by a manifest from before
    assert told(decide(signed(GOOD), held, later, proof=log.proof(12))) == (Verdicts.ISSUED, Why.PROVED)
    assert told(decide(signed(GOOD), held, later)) == (Verdicts.BAD_SIGNATURE, Fault.REVOKED)
    for size, age, right in ((15, NOW, True), (16, NOW, False), (50, NOW, False), (50, later, True)):
        paper = manifest(size, now=age)
        listed = papers(later, keys=gone, manifest=paper)
        due = (Verdicts.ISSUED, Why.LISTED_KEY_REVOKED) if right else (Verdicts.BAD_SIGNATURE, Fault.REVOKED)
        assert told(decide(signed(GOOD), listed, later)) == due
        assert told(decide(stolen, listed, later)) == (Verdicts.BAD_SIGNATURE, Fault.REVOKED)

    # one the thief had logged himself, from 15 on, is refused with its proof
    newer = decide(signed(NEWER), held, later, proof=log.proof(21))
    assert told(newer) == (Verdicts.BAD_SIGNATURE, Fault.REVOKED)

    # the station's next key works at once, and the old list is no longer believed
    link = a_link()
    tag = str(CodeSigner.of(fresh, gone).sign(link, later, drawn_at=later, before=0))
    assert told(decide(tag, held, later)) == (Verdicts.ISSUED, Why.SIGNED)
    old = papers(later, keys=KEYS, seen=held.seen)
    assert told(decide(stolen, old, later)) == (Verdicts.CANNOT_SAY, Why.KEYS_REFUSED)
