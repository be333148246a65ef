"""Money: Decimal, in 万元 (ten thousand yuan), exact to the 分."""

from decimal import Decimal
from typing import Any

import cn2an
from django.db import models

YUAN_PER_WAN = Decimal(10_000)


class WanField(models.DecimalField):  # type: ignore[type-arg]
    """A column of money in 万元; six decimals keep the 分."""

    def __init__(self, verbose_name: str | None = None, **options: Any) -> None:
        options.setdefault("max_digits", 16)
        options.setdefault("decimal_places", 6)
        super().__init__(verbose_name, **options)


def in_wan(amount: Decimal | None) -> str:
    """Write an amount for people: `1,234.50 万元`; `面议` where none is given."""
    if amount is None:
        return "面议"
    text = f"{amount.normalize():,f}"
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents:0<2} 万元"


def in_words(amount: Decimal) -> str:
    """Write an amount in 人民币大写, as contracts must: `壹佰贰拾万元整`."""
    words: str = cn2an.an2cn(format(amount * YUAN_PER_WAN, ".2f"), "rmb")
    return words
