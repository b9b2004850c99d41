"""The words of every answer, Chinese first, then English; none says that goods are genuine, or that they are fake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from shellmark_trace.signed import Fault

from .answers import Answer, Basis, Verdicts, Why
from .oddities import Oddity

Pair = tuple[str, str]

HEADS: Mapping[Verdicts, Pair] = MappingProxyType(
    {
        Verdicts.ISSUED: ("本厂签发", "issued by this factory"),
        Verdicts.VOID: ("作废", "void"),
        Verdicts.COPIED: ("疑似被复制", "suspected to be copied"),
        Verdicts.RETIRED: ("已停用", "retired"),
        Verdicts.UNKNOWN: ("查不到", "unknown"),
        Verdicts.BAD_SIGNATURE: ("签名不可信", "signature not to be trusted"),
        Verdicts.OTHER: ("不是本厂的码", "not a code of this factory"),
        Verdicts.CANNOT_SAY: ("无法判断", "cannot say"),
        Verdicts.NO_CODE: ("不是完整的码", "not a whole code"),
    }
)

LINES: Mapping[StrEnum, Pair] = MappingProxyType(
    {
        Why.LISTED: ("在签发清单中", "it is in the list of issued codes"),
        Why.SIGNED: (
            "签名有效, 没有用签发清单核对",
            "its signature holds; no list of issued codes was looked at",
        ),
        Why.PROVED: ("日志 {log} 第 {index} 条可以证明", "leaf {index} of log {log} proves it"),
        Why.LISTED_KEY_REVOKED: (
            "在签发清单中; 签名密钥已撤销, 签名不作数",
            "it is in the list of issued codes; its key is revoked and its signature counts for nothing",
        ),
        Why.WITHDRAWN: ("在作废名单中", "it is in the list of withdrawn codes"),
        Why.LOGGED_SO: ("日志第 {index} 条如此记载", "leaf {index} of the log says so"),
        Why.NOT_LISTED: (
            "不在签发清单中; 可能晚于清单, 请取最新清单再查",
            "it is not in the list of issued codes; it may be newer: look again with the newest list",
        ),
        Why.SIGNED_NOT_LISTED: (
            "签名有效但不在签发清单中; 可能晚于清单, 也可能是密钥被盗用: 请取最新清单或日志证明",
            "its signature holds but it is not in the list of issued codes: newer than the list, or by a stolen key: "
            "look again with the newest list or a proof",
        ),
        Why.NEVER_ACTIVE: (
            "日志只证明号码已取出 (第 {index} 条), 没有证明已启用",
            "the log shows only that it was drawn (leaf {index}), not that its label was proven",
        ),
        Why.OTHER_HOST: (
            "网址 {host} 不是本厂的, 本厂只用 {hosts}: 不要打开",
            "the host {host} is not this factory's, which uses {hosts} only: do not open it",
        ),
        Why.OTHER_FACTORY: (
            "商品条码 {gtin} 不属于本厂",
            "GTIN {gtin} is none of this factory's",
        ),
        Why.NO_KEYS: (
            "没有密钥表和根密钥: 请用 --keys 和 --root",
            "no key list with its root holders is at hand: give --keys and --root",
        ),
        Why.NO_MANIFEST: (
            "码没有签名, 也没有签发清单: 请用 --manifest, 或联网查询",
            "the code is not signed and no list of issued codes is at hand: give --manifest, or ask online",
        ),
        Why.NO_PROOF: (
            "要求日志证明但没有给出: 请用 --proof",
            "a proof from the log is wanted and none is at hand: give --proof",
        ),
        Why.KEYS_EXPIRED: ("密钥表已过期, 请取最新的", "the key list has expired: fetch the newest ({error})"),
        Why.KEYS_REFUSED: ("密钥表不可信: {error}", "the key list cannot be believed: {error}"),
        Why.MANIFEST_EXPIRED: (
            "签发清单已过期, 请取最新的",
            "the list of issued codes has expired: fetch the newest ({error})",
        ),
        Why.MANIFEST_REFUSED: ("签发清单不可信: {error}", "the list of issued codes cannot be believed: {error}"),
        Why.VOIDS_EXPIRED: (
            "作废名单已过期, 请取最新的",
            "the list of withdrawn codes has expired: fetch the newest ({error})",
        ),
        Why.VOIDS_REFUSED: ("作废名单不可信: {error}", "the list of withdrawn codes cannot be believed: {error}"),
        Why.PROOF_REFUSED: ("日志证明不成立: {error}", "the proof does not hold: {error}"),
        Fault.UNKNOWN_KEY: ("签名密钥 {key} 不是本厂的", "it is signed by key {key}, which is none of the factory's"),
        Fault.WRONG_SIGNATURE: ("签名与密钥 {key} 不符", "its signature is not by key {key}"),
        Fault.WRONG_GOODS: ("密钥 {key} 无权签商品 {gtin}", "key {key} may not sign codes of GTIN {gtin}"),
        Fault.NOT_YET: ("密钥 {key} 从 {starts} 起才可用", "key {key} signs from {starts} on only"),
        Fault.OUTSIDE_WINDOW: (
            "取号时间不在密钥 {key} 的有效期内 ({starts} 至 {ends})",
            "it was drawn outside the time of key {key}, {starts} to {ends}",
        ),
        Fault.OVER_COUNT: ("超过密钥 {key} 的上限 {most} 个", "it is beyond the {most} codes of key {key}"),
        Fault.OTHER_LOG: ("不在密钥 {key} 的日志里", "it is in another log than that of key {key}"),
        Fault.NOT_LOGGED: ("有签名但不能证明在日志里", "it is signed but not shown to be in the log"),
        Fault.REVOKED: (
            "密钥 {key} 从日志第 {from_index} 条起已撤销, 没有证明此码在那之前",
            "key {key} is revoked from leaf {from_index} of its log on, and this code is not shown to be before",
        ),
        Oddity.EMPTY: ("没有内容", "there is no text"),
        Oddity.TOO_LONG: ("内容太长", "the text is too long"),
        Oddity.BLANKS: ("含有空格或换行: 请去掉", "it has blanks or line breaks: take them out"),
        Oddity.FULL_WIDTH: (
            "含有全角字符: 请用半角输入, 或重新扫码",
            "it has full-width characters: type it half-width, or scan it again",
        ),
        Oddity.STRANGE_CHARACTERS: (
            "含有码里不会有的字符: 请重新扫码",
            "it has characters no code has: scan it again",
        ),
        Oddity.SERIAL_ALONE: (
            "只有序列号: 请输入二维码的全部内容",
            "it is a serial alone: give the whole text of the symbol",
        ),
        Oddity.NO_LINK: (
            "不是网址: 应为 HTTPS://网址/01/GTIN/21/序列号",
            "it is no link: HTTPS://HOST/01/GTIN/21/SERIAL is due",
        ),
        Oddity.NOT_HTTPS: ("不是 https 网址: 不要打开", "it is no https link: do not open it"),
        Oddity.BAD_HOST: ("网址的域名写法不对: 不要打开", "its host is no host name of ours: do not open it"),
        Oddity.OTHER_PATH: (
            "网址里没有 /01/GTIN/21/序列号",
            "the link has no /01/GTIN/21/SERIAL in it",
        ),
        Oddity.CUT_OFF: ("内容不完整, 被截断: 请重新扫码", "it is cut off: scan the whole code again"),
        Oddity.GTIN_FORM: ("GTIN 不是 14 位数字", "the GTIN is not 14 digits"),
        Oddity.GTIN_CHECK: ("GTIN 校验位不对: 请重新扫码", "the GTIN has a wrong check digit: scan it again"),
        Oddity.SERIAL_LOWER_CASE: (
            "序列号含小写字母, 本厂标签只用大写",
            "the serial has lower-case letters; our labels have upper case only",
        ),
        Oddity.SERIAL_LETTERS: (
            "序列号含 I L O U, 本厂不用这些字母: 看是不是 1 或 0",
            "the serial has one of I L O U, which we never use: is it a 1 or a 0?",
        ),
        Oddity.SERIAL_LONG: ("序列号超过 13 位", "the serial has more than 13 symbols"),
        Oddity.SERIAL_FORM: ("序列号含有不该有的字符", "the serial has characters no serial has"),
        Oddity.SIGNATURE_CUT: ("签名被截断: 请重新扫码", "the signature is cut off: scan the whole code again"),
        Oddity.SIGNATURE_FORM: (
            "签名写法不对: 码被改动或读错",
            "the signature is not written as we write it: altered, or read wrongly",
        ),
        Oddity.MORE: ("后面有多余内容", "something follows that does not belong to it"),
    }
)

PAPERS: Mapping[Basis, Pair] = MappingProxyType(
    {
        Basis.KEYS: ("密钥表", "key list"),
        Basis.MANIFEST: ("签发清单", "list of issued codes"),
        Basis.VOIDS: ("作废名单", "list of withdrawn codes"),
    }
)

NO_VOIDS: Pair = (
    "没有作废名单: 作废或被复制的码看不出来",
    "no list of withdrawn codes at hand: a void or copied code would not show",
)
COPY: Pair = (
    "码可以被复制: 请同时核对实物",
    "a code can be copied: look at the goods as well",
)


def oddity_line(oddity: Oddity) -> Pair:
    """What is odd about a text, in Chinese and English."""
    return LINES[oddity]


def answer_lines(answer: Answer, now: datetime) -> list[Pair]:
    """An answer in Chinese and English, line by line: the head, why, the code, how old the papers are, what to mind."""
    zh, en = HEADS[answer.verdict]
    if answer.verdict is Verdicts.ISSUED and answer.factory[0]:
        zh, en = f"{zh}: {answer.factory[0]}", f"{en}: {answer.factory[1]}"
    lines = [(zh, en), _filled(answer.why, answer.values)]
    if answer.link is not None:
        code = f"GTIN {answer.link.gtin}  {answer.link.serial}"
        lines.append((code, code))
    for one in answer.known:
        name_zh, name_en = PAPERS[one.what]
        date = f"{one.issued.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        age_zh, age_en = _age(now - one.issued)
        lines.append((f"{name_zh}第 {one.version} 版, {date}, {age_zh}", f"{name_en} {one.version}, {date}, {age_en}"))
    if answer.verdict is Verdicts.ISSUED:
        lines += [COPY] if answer.voids_known else [NO_VOIDS, COPY]
    return lines


def answer_json(answer: Answer, now: datetime) -> dict[str, Any]:
    """An answer for a machine, with the words for people in it."""
    lines = answer_lines(answer, now)
    return {
        "verdict": str(answer.verdict),
        "why": str(answer.why),
        "values": {name: value if isinstance(value, int) else str(value) for name, value in answer.values.items()},
        "gtin": answer.link.gtin if answer.link else None,
        "serial": answer.link.serial if answer.link else None,
        "withdrawn_codes_known": answer.voids_known,
        "papers": [
            {
                "what": str(one.what),
                "version": one.version,
                "issued": one.issued.astimezone(UTC).isoformat(),
                "expires": one.expires.astimezone(UTC).isoformat(),
                "age_s": max(0, round((now - one.issued).total_seconds())),
            }
            for one in answer.known
        ],
        "zh": [zh for zh, _ in lines],
        "en": [en for _, en in lines],
    }


def _filled(why: StrEnum, values: Mapping[str, Any]) -> Pair:
    zh, en = LINES[why]
    return zh.format_map(values), en.format_map(values)


def _age(age: timedelta) -> Pair:
    hours = max(0, int(age.total_seconds() // 3600))
    if hours < 48:
        return f"{hours} 小时前", f"{hours} h old"
    return f"{hours // 24} 天前", f"{hours // 24} days old"
