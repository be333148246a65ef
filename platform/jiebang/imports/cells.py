"""One row's cells, read as what they should be; what cannot be read is told, not raised."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import TextChoices

Columns = Mapping[str, tuple[str, ...]]  # ours → the headings it is met under, its own name first

WHOLE_ROW = "整行"  # the column of what is not one cell's fault

_NOISE = re.compile(r"[\s*＊:：_-]|[(（][^)）]*[)）]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DATE = re.compile(r"^(\d{4})\D(\d{1,2})\D(\d{1,2})(\D.*)?$")
_BETWEEN_WORDS = re.compile(r"[,，、;；|\n]+")
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})
_OPEN = frozenset({"", "面议", "待定", "协商", "不限"})


def heading_key(heading: str) -> str:
    """Return a heading without what people put around it: `需求名称（必填）*` is 需求名称."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", heading)).casefold()


@dataclass
class Cells:
    """The cells of a row by our own names; collects faults and notes as (column, sentence)."""

    values: Mapping[str, Any]
    labels: Mapping[str, str]
    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def fault(self, name: str, sentence: str) -> None:
        """Keep what is wrong with a cell; the row will not be taken in."""
        self.faults.append((self.labels.get(name, WHOLE_ROW), sentence))

    def note(self, name: str, sentence: str) -> None:
        """Keep what was done to a cell; the row is taken in all the same."""
        self.notes.append((self.labels.get(name, WHOLE_ROW), sentence))

    def text(self, name: str, *, most: int | None = None, required: bool = False) -> str:
        """Return the cell as text, at most so many characters long."""
        text = _plain(self.values.get(name))
        if text in _EXCEL_ERRORS:
            self.fault(name, f"是 Excel 的错误值 {text}，请改正")
        elif required and not text:
            self.fault(name, "不能为空")
        elif most and len(text) > most:
            self.fault(name, f"有 {len(text)} 字，最多 {most} 字，请精简")
        return text

    def money(self, name: str) -> Decimal | None:
        """Return an amount in 万元; None where it is to be agreed on."""
        text = self.text(name).replace(",", "").removesuffix("万元").removesuffix("万").strip()
        if text in _OPEN:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or abs(amount) >= 10**10:
            self.fault(name, f"“{text}”不是金额，请只写数字（单位万元），或写“面议”")
            return None
        if amount < 0:
            self.fault(name, "金额不能为负，请核对")
            return None
        return round(amount, 6)

    def whole(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number within these bounds; None for an empty cell."""
        text = self.text(name).rstrip("级个月人").strip()
        if not text:
            return None
        if text.isascii() and text.isdecimal() and low <= int(text) <= high:
            return int(text)
        self.fault(name, f"“{text}”应为 {low} 至 {high} 的整数")
        return None

    def day(self, name: str) -> date | None:
        """Return a date; None for an empty cell."""
        value = self.values.get(name)
        if isinstance(value, datetime):
            return value.date()
        text = self.text(name)
        if not text:
            return None
        try:
            parts = _DATE.match(text)
            return date(*map(int, parts.groups()[:3])) if parts else date.fromisoformat(text)
        except ValueError:
            self.fault(name, f"“{text}”不是日期，请写成 2026-11-23")
            return None

    def choice(self, name: str, choices: type[TextChoices], also: Mapping[str, str]) -> str:
        """Return the value of a choice that is met as value, as label, or as another name."""
        text = self.text(name)
        known = {label: value for value, label in choices.choices}
        value = known.get(text) or also.get(text) or (text if text in choices.values else "")
        if text and not value:
            self.fault(name, f"“{text}”不在可选范围：{'、'.join(map(str, choices.labels))}")
        return str(value)

    def words(self, name: str, *, most: int) -> str:
        """Return keywords, however they were separated, with commas between; the first that fit."""
        value = self.values.get(name)
        given = value if isinstance(value, list) else _BETWEEN_WORDS.split(self.text(name))
        words = list(dict.fromkeys(word for word in map(_plain, given) if word))
        kept = list(words)
        while len(",".join(kept)) > most:
            kept.pop()
        if len(kept) < len(words):
            self.note(name, f"关键词过长，只保留前 {len(kept)} 个")
        return ",".join(kept)

    def address(self, name: str, *, most: int) -> str:
        """Return a web address; what is none is left out, with a note."""
        text = self.text(name)
        if not text:
            return ""
        try:
            URLValidator(schemes=["http", "https"])(text)
        except ValidationError:
            text = ""
        if not text or len(text) > most:
            self.note(name, "不是有效的网址，已留空")
            return ""
        return text


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case list():
            return "、".join(map(_plain, value))
        case datetime():
            return value.date().isoformat()
    text = str(value).encode("utf-8", "ignore").decode("utf-8")  # half a sign is none
    return _CONTROL.sub("", text).strip()
