"""Folding of Chinese text, so that what people type finds what others wrote."""

import unicodedata
from functools import cache

import opencc


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """Return text with full-width, Traditional and upper case forms made alike."""
    folded: str = _to_simplified().convert(unicodedata.normalize("NFKC", text))
    return folded.casefold()
