"""What stations send as codes, in Chinese and English for inspectors: states, verdicts, classes of defects, reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from .words import Text

STATES: Mapping[str, Text] = MappingProxyType(
    {
        "RESERVED": Text("待打印", "to be printed"),
        "SENT": Text("已送打印", "sent"),
        "ACTIVE": Text("已激活", "active"),
        "SHIPPED": Text("已发货", "shipped"),
        "CLAIMED": Text("已认领", "claimed"),
        "RETURNED": Text("已退回", "returned"),
        "REWORKED": Text("已返修", "reworked"),
        "RETIRED": Text("已停用", "retired"),
        "VOID": Text("作废", "void"),
    }
)
DOUBTS: Mapping[str, Text] = MappingProxyType(
    {
        "NONE": Text("无疑点", "no doubt"),
        "SUSPECT": Text("存疑", "in doubt"),
        "CLEARED": Text("疑点已解除", "cleared"),
        "COPIED": Text("疑似被复制", "perhaps copied"),
    }
)
VERDICTS: Mapping[str, Text] = MappingProxyType(
    {"PASS": Text("合格", "PASS"), "FAIL": Text("不合格", "FAIL"), "REVIEW": Text("复判", "REVIEW")}
)
DISPOSITIONS: Mapping[str, Text] = MappingProxyType(
    {
        "OK": Text("合格 OK", "OK"),
        "NG": Text("不合格 NG", "NG"),
        "RECHECK": Text("复判", "Recheck"),
        "REWORK": Text("返工", "Rework"),
        "B_GRADE": Text("二等品 B 级", "B-grade"),
        "SCRAP": Text("报废", "Scrap"),
    }
)
COLOURS: Mapping[str, str] = MappingProxyType(
    {"PASS": "good", "OK": "good", "B_GRADE": "care", "REVIEW": "care", "RECHECK": "care", "REWORK": "care"}
    | {"FAIL": "stop", "NG": "stop", "SCRAP": "stop"}
    | {"ACTIVE": "good", "SHIPPED": "good", "CLAIMED": "good", "RETURNED": "care", "REWORKED": "care"}
    | {"RETIRED": "stop", "VOID": "stop", "COPIED": "stop", "SUSPECT": "care"}
)
"""The colour a word is shown in; grey for others."""

PICTURES: Mapping[str, Text] = MappingProxyType(
    {
        "frame": Text("原图", "frame"),
        "view": Text("视图", "view"),
        "crop": Text("缺陷局部", "crop of a defect"),
        "map": Text("热图", "heat map"),
        "label": Text("标签", "label"),
    }
)
FACTS: Mapping[str, Text] = MappingProxyType(
    {
        "text": Text("读到的码", "read"),
        "uec": Text("纠错余量", "unused error correction"),
        "uec_least": Text("至少应为", "at least"),
        "odometer": Text("打印机计数", "printer's count"),
        "picture": Text("标签照片", "picture of the label"),
        "check": Text("点检号", "daily check"),
        "job": Text("当时打印的码", "label printed then"),
        "case": Text("出现在箱壳", "seen on case"),
        "replaces": Text("替换的码", "replaces"),
        "order": Text("订单", "order"),
        "batch": Text("批次", "batch"),
        "stations": Text("改动的工站", "changed by"),
        "first": Text("首先上传", "first uploaded by"),
        "after": Text("改为", "to"),
        "reason": Text("原因", "reason"),
        "inspection": Text("检验记录", "inspection"),
        "proof": Text("日志证明", "proof of leaf"),
        "state": Text("当时状态", "state then"),
        "score": Text("分数", "score"),
        "key": Text("上传编号", "upload"),
        "gtin": Text("商品条码", "GTIN"),
        "codes": Text("本批码数", "codes of the batch"),
        "spread": Text("在两地被不同设备查询的码数", "codes asked for by two devices in two cities"),
        "z": Text("偏离（σ）", "deviation (σ)"),
        "attempt": Text("第几次打印", "attempt"),
        "why": Text("原因", "why"),
        "request": Text("操作编号", "request"),
    }
)
STEP_REASONS: Mapping[str, Text] = MappingProxyType(
    {
        "pass": Text("检验合格", "pass"),
        "send": Text("送打印", "send"),
        "read": Text("标签读回正确", "read"),
        "replace": Text("换发新码", "replace"),
        "supervised": Text("主管同意重发", "supervised"),
        "attempts_used": Text("打印次数已用完", "attempts used up"),
        "ship": Text("发货", "ship"),
        "claim": Text("买家认领", "claim"),
        "odometer": Text("打印机计数不符", "printer's count differs"),
        "seen elsewhere": Text("标签出现在别的箱壳上", "seen elsewhere"),
        "missing": Text("没有出标签", "no label came out"),
        "late": Text("标签后来出来了", "the label came after all"),
        "not_read": Text("标签读不出", "label not read"),
        "weak": Text("打印质量不够", "printed too badly"),
        "other": Text("读到的是别的标签", "another label was read"),
        "several": Text("箱壳上有多张标签", "several labels on the case"),
        "uncounted": Text("打印机没有计数", "printer's count not had"),
        "no_picture": Text("没有标签照片", "no picture of the label"),
        "voided": Text("此码已作废", "code was void already"),
        "still_there": Text("旧标签未揭净", "old label still there"),
        "printer_gone": Text("打印机断开", "printer gone"),
    }
)
"""Reasons of steps the program itself gives; people's own are shown as they wrote them."""

ACCESSES: Mapping[str, Text] = MappingProxyType(
    {
        "login": Text("登录", "login"),
        "trace": Text("查看履历", "trace"),
        "alerts": Text("查看警报", "alerts"),
        "accesses": Text("查看访问记录", "accesses"),
        "proof": Text("下载日志证明", "proof"),
        "photo": Text("查看原图", "photo"),
        "small photo": Text("查看照片", "small photo"),
        "close genuine": Text("解除警报", "close genuine"),
        "close copied": Text("确认复制", "close copied"),
        "unlock": Text("恢复内码次数", "unlock"),
    }
)
"""What an inspector did, as it is written down."""

_CHECK = re.compile(r"check (\d{1,9})(?: failed)?")
MEASURES: Mapping[str, str] = MappingProxyType(
    {"length": "长", "width": "宽", "diameter": "直径", "area": "面积", "depth": "深", "spacing": "间距"}
    | {"camera ΔE": "相机 ΔE"}
)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "over_limit": "{label}：{measure} {value:.1f} {unit}，{zone} 区允许 {limit:.1f}",
        "near_limit": "{label}：{measure} {value:.1f} ± {uncertainty:.1f} {unit}，太接近 {zone} 区限度 {limit:.1f}",
        "not_allowed": "{label} {value:.1f} mm，{zone} 区不允许",
        "too_many": "{label} {value:.0f} 处，{zone} 区允许 {limit:.0f} 处",
        "too_close": "{label}间距 {value:.0f} mm，{zone} 区要求 {limit:.0f}",
        "too_dense": "{label}每 100 cm² {value:.1f} 处，{zone} 区允许 {limit:.1f}",
        "no_limit": "{label} {value:.1f} mm，{zone} 区：配方没有此限度",
        "may_be": "{label} {value:.1f} mm，{zone} 区：也可能是{other}，该缺陷不允许此尺寸",
        "near_threshold": "视图 {view} 接近模型阈值（得分 {value:.2f}）",
        "view_missing": "缺少视图 {view}",
        "camera": "相机 {camera}：{detail}",
        "step": "视图 {view}，步骤 {step}：{detail}",
        "model": "模型 {model}：{detail}",
        "frames_lost": "相机 {camera} 丢失 {value:.0f} 帧",
        "overrun": "触发时工位已满",
        "stopped": "判定之前工位已停止",
        "interrupted": "记录之前程序已结束",
        "fault": "故障：{detail}",
        "blocked": "工位锁定期间不判合格：{detail}",
    }
)
"""The Chinese sentences of reasons; stations send the English ones themselves."""

CLASSES: Mapping[str, Text] = MappingProxyType(
    {
        "scratch": Text("划痕", "scratch"),
        "scuff": Text("擦伤", "scuff"),
        "nick": Text("碰伤", "nick"),
        "pressure_mark": Text("压痕", "pressure mark"),
        "dent": Text("凹陷", "dent"),
        "bump": Text("凸点", "bump"),
        "sink_mark": Text("缩水", "sink mark"),
        "warpage": Text("变形", "warpage"),
        "orange_peel": Text("橘皮", "orange peel"),
        "chill_mark": Text("冷料纹", "chill mark"),
        "wrinkle": Text("起皱", "wrinkle"),
        "thinning": Text("拉伸减薄", "thinning"),
        "grain_loss": Text("纹路不清", "grain loss"),
        "whitening": Text("发白", "stress whitening"),
        "crack": Text("开裂", "crack"),
        "crazing": Text("银纹", "crazing"),
        "short_shot": Text("缺料", "incomplete forming"),
        "flash": Text("飞边毛刺", "flash, burr"),
        "bad_trim": Text("切边不良", "bad trim"),
        "hole": Text("孔位不良", "hole offset or missing"),
        "speck": Text("黑点杂质", "speck"),
        "gel": Text("晶点", "gel"),
        "bubble": Text("气泡", "bubble"),
        "pits": Text("麻点", "pits"),
        "flow_mark": Text("流痕", "flow mark"),
        "weld_line": Text("熔接线", "weld line"),
        "die_line": Text("挤出线", "die line"),
        "burn": Text("烧焦", "burn"),
        "colour_streak": Text("色纹", "colour streak"),
        "colour": Text("色差", "colour difference"),
        "gloss": Text("光泽不均", "gloss variation"),
        "stain": Text("脏污", "stain"),
        "dust": Text("灰尘毛絮", "dust, lint"),
        "film_bubble": Text("贴膜气泡", "lamination bubble"),
        "film_wrinkle": Text("膜起皱", "film wrinkle"),
        "delamination": Text("脱膜", "delamination"),
        "print": Text("印刷缺陷", "print defect"),
        "pattern_shift": Text("图案偏位", "pattern shift"),
        "film": Text("保护膜", "protective film"),
        "rivet": Text("铆钉不良", "bad rivet"),
        "wheel_seat": Text("轮座护角", "wheel seat or corner"),
        "zip": Text("拉链缝线", "zip or seam"),
        "frame": Text("铝框不良", "aluminium frame"),
        "lock": Text("锁或提手", "lock or handle"),
        "badge": Text("标牌", "badge"),
        "colour_difference": Text("色差", "colour difference"),
        "colour_mismatch": Text("前后色差", "colour mismatch"),
        "wrong_colour": Text("错色错款", "wrong colour or SKU"),
        "unknown": Text("未知缺陷", "unknown defect"),
    }
)
"""Classes of defects that have a name; those of a plant's own model are shown as they are called."""


def named(words: Mapping[str, Text], word: object) -> Text:
    """What a code is called, itself in both languages where it has no name."""
    text = shown(word)
    return words.get(text) or Text(text, text)


def reason_said(value: object, most: int = 80) -> Text:
    """A step's reason in both languages, where it is one of the program's own."""
    if isinstance(value, str) and (check := _CHECK.fullmatch(value)):
        return Text(f"点检 {check[1]} 未通过", value)
    text = shown(value, most)
    return STEP_REASONS.get(text) or Text(text, text)


def shown(value: object, most: int = 80) -> str:
    """Any value a station sent as a short text; "" for None."""
    if value is None:
        return ""
    try:
        text = f"{value:.4g}" if isinstance(value, float) else str(value)
    except ValueError:  # an integer with more digits than Python will write
        text = "…"
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
