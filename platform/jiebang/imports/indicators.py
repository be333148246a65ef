"""Indicators written as free text: rows with numbers where they are plain, words elsewhere."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from jiebang.library.states import Comparator

LONGEST_TEXT = 200
NAME = "技术指标"

AT_LEAST = "≥|>=|不低于|不小于|不少于"
AT_MOST = "≤|<=|不高于|不大于|不超过"
STANDARDS = "GB|IEC|ISO|ASTM|YD|SJ|QC|YY|JB|HG"
UNITS_IN_WORDS = "万元|元|个月|个|次|倍|级|年|月|天|小时|分钟|秒|吨|千克|公斤|米|毫米|人|台|套|项"

_BETWEEN = re.compile(r"[;；\n]+")
_METHOD = re.compile(rf"^(.+?)[(（]((?:{STANDARDS})\b[^()（）]{{2,100}})[)）]$")
_NAME = r"([^\d≥≤<>＜＞=]{1,60}?)\s*"
_NUMBER = r"(\d{1,9}(?:\.\d{1,6})?)\s*"
_UNIT = rf"([A-Za-zμΩ℃°%‰][A-Za-zμΩ℃°%‰·/^0-9²³-]{{0,19}}|{UNITS_IN_WORDS})"
_BOUND = re.compile(rf"^{_NAME}(?:({AT_LEAST})|(?:{AT_MOST}))\s*{_NUMBER}{_UNIT}?$")
_RANGE = re.compile(rf"^{_NAME}{_NUMBER}[-–—~～至]\s*{_NUMBER}{_UNIT}$")


def parse(text: str) -> list[dict[str, Any]]:
    """Return indicator rows: `能量密度≥350Wh/kg` as a number, the rest in words, nothing lost."""
    pieces = [piece.strip(" 。,，") for piece in _BETWEEN.split(text)]
    rows, words = [], []
    for piece in filter(None, pieces):
        row = _measured(piece)
        if row:
            rows.append(row)
        else:
            words.append(piece)
    return [*rows, *_in_words(words)]


def _measured(piece: str) -> dict[str, Any] | None:
    """Return the row of a plain piece; None where a reader could take it in two ways."""
    stated = _METHOD.match(piece)
    plain = _folded(stated[1].strip() if stated else piece)
    values: dict[str, Any]
    if bound := _BOUND.match(plain):
        name, at_least, value, unit = bound.groups()
        comparator = Comparator.AT_LEAST if at_least else Comparator.AT_MOST
        values = {"comparator": comparator, "value": Decimal(value)}
    elif span := _RANGE.match(plain):
        name, low, high, unit = span.groups()
        values = {
            "comparator": Comparator.RANGE,
            "value": Decimal(low),
            "value_high": Decimal(high),
        }
        if values["value_high"] < values["value"]:
            return None
    else:
        return None
    method = stated[2].strip() if stated else ""
    return {"name": name.strip(" :：") or NAME, "unit": unit or "", "test_method": method, **values}


def _in_words(pieces: list[str]) -> list[dict[str, Any]]:
    """Return the pieces in as few rows as hold them."""
    texts: list[str] = []
    for piece in pieces:
        for start in range(0, len(piece), LONGEST_TEXT):
            part = piece[start : start + LONGEST_TEXT]
            if texts and len(texts[-1]) + len(part) < LONGEST_TEXT:
                texts[-1] += f"；{part}"
            else:
                texts.append(part)
    names = [NAME] if len(texts) == 1 else [f"{NAME}{n}" for n in range(1, len(texts) + 1)]
    return [
        {"name": name, "comparator": Comparator.TEXT, "text": text}
        for name, text in zip(names, texts, strict=True)
    ]


def _folded(text: str) -> str:
    """Return full-width digits and signs as usual ones, units such as ℃ as they are."""
    return "".join(
        unicodedata.normalize("NFKC", sign) if sign in "０１２３４５６７８９．％＝" else sign
        for sign in text
    )
