"""What the demo city is made of: the data files, read as they are."""

import tomllib
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jiebang.common import clock

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]
PASSWORD = "jiebang-demo-2026"  # noqa: S105 - the demo city's, shown on its sign-in page


@cache
def _read(name: str) -> Row:
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


def rows(name: str) -> list[Row]:
    """Return the entries of one file, such as `units`."""
    found: list[Row] = _read(name)[name]
    return found


def money(text: str | None) -> Decimal | None:
    """Return an amount in 万元, or None for 面议."""
    return None if text is None else Decimal(text)


def day(offset: float) -> datetime:
    """Return the moment so many days from the founding of the city, which is now."""
    return clock.now() + timedelta(days=offset)
