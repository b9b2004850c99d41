"""Every sentence of the site in Chinese and English. A count of queries never makes a case a fake here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .claims import Claimed
from .findings import Finding


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a finding says: the verdict, a second line of it or None, what it means, what to do, its colour and sign."""

    head: Text
    more: Text | None
    means: Text
    colour: str
    sign: str


FINDINGS: Mapping[Finding, Told] = MappingProxyType(
    {
        Finding.FIRST: Told(
            Text("正品·首次查询", "Genuine · first query"),
            None,
            Text(
                "此码由本厂签发，这是它第一次被查询。二维码可以被照抄，请再核对下方实物照片。",
                "This factory issued the code, and nobody has queried it before. A printed code can be copied: "
                "compare the photos below too.",
            ),
            "good",
            "tick",
        ),
        Finding.AGAIN: Told(
            Text("正品·您已查询过", "Genuine · you queried it before"),
            None,
            Text(
                "此码由本厂签发。您这部手机以前查询过它，或者您已用内码认领。",
                "This factory issued the code. This phone queried it before, or you claimed it by the inner code.",
            ),
            "good",
            "tick",
        ),
        Finding.OTHER: Told(
            Text("已有其他设备查询", "Another device has queried it"),
            Text("请核对照片与内码", "Compare the photos and the inner code"),
            Text(
                "可能是店员、家人或前任买家查过，也可能是码被照抄。箱子与照片不符，或没有内码，请不要购买。",
                "It may have been the shop, your family or an earlier buyer; or the code was copied. If the case does "
                "not match the photos, or has no inner code, do not buy it and tell us.",
            ),
            "care",
            "look",
        ),
        Finding.VOID: Told(
            Text("作废", "Void"),
            Text("作废标签", "This label is void"),
            Text(
                "这张标签已被工厂作废，不应出现在任何箱子上。请不要购买，并联系我们。",
                "The factory has voided this label; it should be on no case. Do not buy it, and tell us.",
            ),
            "stop",
            "cross",
        ),
        Finding.COPIED: Told(
            Text("疑似被复制", "Possibly copied"),
            None,
            Text(
                "这个码的查询情况异常，可能被照抄到了别的箱子上。请核对照片与内码，不一致请不要购买。",
                "The queries of this code are unusual: it may have been copied to other cases. Compare the photos and "
                "the inner code; if they differ, do not buy it.",
            ),
            "stop",
            "alert",
        ),
        Finding.UNSHIPPED: Told(
            Text("尚未出厂", "Not shipped yet"),
            None,
            Text(
                "记录显示此箱还没有出厂。也可能是出厂数据上传晚了，请稍后再查；若已在店里出售，请联系我们。",
                "Our records say this case has not left the factory. The upload may be late: ask again later. If it is "
                "on sale already, tell us.",
            ),
            "care",
            "look",
        ),
        Finding.RETIRED: Told(
            Text("已停用", "Out of use"),
            None,
            Text(
                "此箱已经报废或回收，它的码不再使用。请不要购买，并联系我们。",
                "This case was scrapped or taken back, and its code is no longer in use. Do not buy it, and tell us.",
            ),
            "stop",
            "cross",
        ),
        Finding.ISSUED: Told(
            Text("本厂已签发，尚未上传", "Issued by this factory, not uploaded yet"),
            None,
            Text(
                "签名有效，签发清单中也有此码，只是检验记录还没有上传。请稍后再查。",
                "The signature is valid and the list of issued codes has it; only its record is not uploaded yet. "
                "Ask again later.",
            ),
            "care",
            "look",
        ),
        Finding.UNKNOWN: Told(
            Text("查不到这个码", "No record of this code"),
            None,
            Text(
                "我们没有这个码的记录：可能扫描不完整、输入有误，或不是本厂的标签。"
                "请重新扫描，或输入扫描后显示的 13 位序列号（标签上只印最后 6 位）。",
                "We have no record of it: the scan may be cut off, a symbol wrong, or the label is not this factory's. "
                "Scan again, or type the 13-symbol serial as a scan shows it; the label prints only its last 6.",
            ),
            "plain",
            "ask",
        ),
    }
)

CLAIMS: Mapping[Claimed, Text] = MappingProxyType(
    {
        Claimed.BOUND: Text(
            "内码正确，已认领。请勿清除本手机浏览器的 Cookie（网站数据）：它就是您的认领凭证。",
            "The inner code is right: the case is yours. Do not clear this browser's cookies: they are your proof.",
        ),
        Claimed.MINE: Text("内码正确，您已认领过。", "The inner code is right; you have claimed it before."),
        Claimed.CONFLICT: Text(
            "内码正确，但此箱已被另一部设备认领。若您刚买到新箱，请联系我们；若是转让，请向原主索取转让码。",
            "The inner code is right, but another device has claimed this case. If you bought it new, tell us; if it "
            "was handed on, ask the owner for a transfer code.",
        ),
        Claimed.WRONG: Text("内码不对。", "The inner code is wrong."),
        Claimed.LOCKED: Text(
            "内码已输错 5 次，已锁定。请联系我们。", "Five wrong tries: the inner code is locked. Please contact us."
        ),
        Claimed.NO_PIN: Text("此箱没有内码。", "This case has no inner code."),
        Claimed.MALFORMED: Text(
            "内码是 8 位字母或数字，请重新输入。", "The inner code has 8 letters or digits: type it again."
        ),
        Claimed.MOVED: Text("转让完成，此箱现在归您。", "Handed on: the case is yours now."),
    }
)

GOOD_CLAIMS = frozenset({Claimed.BOUND, Claimed.MINE, Claimed.MOVED})

WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "site": Text("箱包防伪查询", "Luggage code check"),
        "language": Text("English", "中文"),
        "first": Text("首次查询", "First query"),
        "last": Text("上次查询", "Query before this"),
        "never": Text("就是这一次", "This one"),
        "mine": Text("您之前查过", "You asked before"),
        "times": Text("次", "times"),
        "since": Text("最早", "first"),
        "total": Text("共被查询", "Queries in all"),
        "devices": Text("部设备", "devices"),
        "serial": Text("序列号", "Serial"),
        "product": Text("型号", "Model"),
        "gtin": Text("商品条码", "GTIN"),
        "passed": Text("检验合格", "Passed inspection"),
        "state": Text("状态", "State"),
        "case": Text("箱号", "Case"),
        "beijing": Text("北京时间", "Beijing time"),
        "photos": Text("这只箱子出厂时的照片", "This very case, photographed in the factory"),
        "compare": Text(
            "请比对花纹、划痕和标签贴的位置（黄框）。", "Compare the pattern, marks and where the label sits (yellow)."
        ),
        "no_photos": Text("这只箱子没有上传照片。", "No photo of this case was uploaded."),
        "label": Text("标签位置", "Label position"),
        "view": Text("照片", "Photo"),
        "pin": Text("刮开涂层，输入 8 位内码认领", "Scratch the coating off and type the 8-symbol inner code"),
        "pin_hint": Text("内码最多可试 5 次。照抄的标签没有内码。", "Five tries. A copied label has no inner code."),
        "claim": Text("认领", "Claim"),
        "claimed_mine": Text("您已认领此箱", "You have claimed this case"),
        "claimed": Text("此箱已被认领", "This case has been claimed"),
        "transfer": Text("转让给别人", "Hand it on"),
        "transfer_code": Text("转让码（7 天内有效，只能用一次）", "Transfer code (7 days, once)"),
        "have_code": Text("有内码或转让码？", "Have an inner code or a transfer code?"),
        "host": Text("唯一有效的查询网址", "The only valid address"),
        "host_why": Text("网址不是这个，就不是我们的网站。", "A page at any other address is not ours."),
        "privacy": Text("隐私说明", "Privacy"),
        "forget": Text("删除我的查询记录", "Erase my queries"),
        "forgotten": Text("已删除。", "Erased."),
        "type": Text(
            "请扫描标签上的二维码，或输入扫描后显示的 13 位序列号",
            "Scan the code on the label, or type the 13-symbol serial as a scan shows it",
        ),
        "type_hint": Text("标签上只印序列号的最后 6 位。", "The label prints only the serial's last 6 symbols."),
        "tail_only": Text(
            "这 6 位只是序列号的末尾，仅凭它们查不到是哪一个码。请扫描标签上的二维码。",
            "Those 6 are only the end of the serial, too few to tell which code it is. Scan the code on the label.",
        ),
        "check": Text("查询", "Check"),
        "dealer": Text("经销商查询", "For dealers"),
        "dealer_why": Text("在这里查询不计入买家的查询次数。", "A check here does not count as a buyer's query."),
        "dealer_issued": Text("本厂签发的码", "Issued by this factory"),
        "dealer_issued_why": Text(
            "有此码的记录，但这不能证明手上的箱子就是它：请比对照片。",
            "We have a record of it; that does not prove the case in your hand is the one: compare the photos.",
        ),
        "monthly": Text("每月公布", "Monthly figures"),
        "month": Text("月份", "Month"),
        "scans": Text("查询", "Queries"),
        "other": Text("提示其他设备", "Told of other devices"),
        "warned": Text("提示疑似复制", "Told of a possible copy"),
        "share": Text("占比", "Share"),
        "busy": Text("查询太频繁，请稍等一会儿再试", "Too many requests: wait a moment and try again"),
        "missing": Text("没有这个页面", "No such page"),
        "missing_why": Text(
            "网址不完整或有误。请重新扫描标签上的二维码。", "The address is cut off or wrong. Scan the label again."
        ),
        "wrong_host": Text("网址不对", "Wrong address"),
        "failed": Text("系统繁忙，请稍后再试", "Something failed here: try again later"),
        "home": Text("首页", "Home"),
        "by_hand": Text("手工输入序列号", "Type the serial instead"),
        "alerts": Text("警报", "Alerts"),
        "open": Text("待处理", "open"),
        "decided": Text("警报已处理过", "This alert was decided before"),
        "inspector": Text("处理人", "Decided by"),
        "at": Text("时间（北京）", "When (Beijing)"),
        "note": Text("备注", "Note"),
        "stays": Text("以前的决定不变，本次没有改动。", "That decision stays; nothing was changed now."),
        "station": Text("工站", "Station"),
        "operator": Text("操作员", "Operator"),
        "why": Text("原因", "Why"),
        "of_model": Text("模型", "Model"),
        "of_recipe": Text("配方", "Recipe"),
        "calibration": Text("标定", "Calibration"),
        "program": Text("程序版本", "Program"),
        "batch": Text("批次", "Batch"),
        "order": Text("订单", "Order"),
        "order_batch": Text("订单 · 批次", "Order · batch"),
        "scores": Text("各视图得分", "Score of each view"),
        "score": Text("得分", "Score"),
        "defect": Text("缺陷", "Defect"),
        "where": Text("位置", "Where"),
        "size": Text("尺寸", "Size"),
        "no_defects": Text("没有发现缺陷。", "No defect was found."),
        "inspections": Text("检验", "Inspections"),
        "by_person": Text("人工", "by a person"),
        "steps": Text("履历", "Life of the code"),
        "foreign": Text("其他工站", "another station"),
        "pictures": Text("全部照片", "All pictures"),
        "proofs": Text("日志证明", "Proofs of the log"),
        "leaf": Text("叶", "leaf"),
        "raw": Text("下载原始数据（JSON）", "Raw data (JSON)"),
        "unlock": Text("恢复内码次数", "Give the PIN tries back"),
        "pin_tries": Text("内码输错", "Wrong PIN tries"),
        "claimed_at": Text("认领", "Claimed"),
        "site_says": Text("本站判断", "This site says"),
        "points": Text("分", "points"),
    }
)

PRIVACY: tuple[Text, ...] = (
    Text(
        "我们在您的手机上存一个随机编号（Cookie），只用来分辨是不是同一部手机查询。"
        "服务器只保存它加盐后的摘要，每个码各不相同，盐每 90 天更换。",
        "We keep a random number on your phone (a cookie) to tell whether the same phone asks again. The server keeps "
        "only a salted hash of it, different for every code; the salt changes every 90 days.",
    ),
    Text(
        "我们保存查询时间和大致城市（如果有）。不保存姓名、电话、IP 地址和精确位置。",
        "We keep the time of a query and, at most, the city. No name, phone number, IP address or exact place.",
    ),
    Text(
        "查询记录保存 400 天后删除。您随时可以在查询页面删除自己的记录；认领也会一并删除。",
        "Queries are erased after 400 days. You can erase yours at any time on the code's page; your claim goes too.",
    ),
    Text("用途只有一个：发现被照抄的码。", "They serve one purpose: finding copied codes."),
)
