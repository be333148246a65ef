"""Where terms stand in a text as it was written, in whatever spelling."""

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from matching import text as reading
from matching.lexicon import Lexicon

Place = tuple[int, int]  # start and end in the text as written


def spans(
    text: str, terms: Iterable[str], lexicon: Lexicon | None = None
) -> list[tuple[int, int, str]]:
    """Return where the terms stand in the original text: (start, end, term), in order.

    Nothing overlaps; of two that would, the longer wins.
    """
    with reading.using(lexicon):
        normal, places = _normalised(text)
        sought = {(key, term) for term in terms if (key := _key(term, normal))}
    taken = [False] * len(text)
    found = []
    for key, term in sorted(sought, key=lambda pair: (-len(pair[0]), pair)):
        at = normal.find(key)
        while at != -1:
            start, end = places[at][0], places[at + len(key) - 1][1]
            if not any(taken[start:end]) and _stands_alone(normal, at, at + len(key)):
                taken[start:end] = [True] * (end - start)
                found.append((start, end, term))
            at = normal.find(key, at + 1)
    return sorted(found)


def _key(term: str, normal: str) -> str:
    """Return how a term stands in the normal text; one cut out of such a text may stand as is."""
    folded, plain = reading.normalise(term).strip(), reading.plain(term).strip()
    return folded if folded in normal else plain


def as_written(text: str) -> dict[str, str]:
    """Return, for each canonical term whose variant stands in the text, how it is written there."""
    plain, places = _plain(text)
    written: dict[str, str] = {}
    for start, end, whole in reading.folds(plain):
        written.setdefault(whole, text[places[start][0] : places[end - 1][1]])
    return written


def _normalised(text: str) -> tuple[str, list[Place]]:
    """Return the normalised text, and for each of its signs where it came from."""
    plain, places = _plain(text)
    normal, came_from, last = "", [], 0
    for start, end, whole in reading.folds(plain):
        normal += plain[last:start] + whole
        came_from += places[last:start]
        came_from += [(places[start][0], places[end - 1][1])] * len(whole)
        last = end
    return normal + plain[last:], came_from + places[last:]


def _plain(text: str) -> tuple[str, list[Place]]:
    """Return the plain text, and for each of its signs where it came from."""
    rough, places = "", []
    for at, sign in enumerate(text):
        signs = unicodedata.normalize("NFKC", sign).lower()
        rough += signs
        places += [(at, at + 1)] * len(signs)
    plain = reading.plain(text)
    if len(plain) == len(rough):
        return plain, places
    # A word of another length took one's place (行動電話 → 手机): it came from all of it.
    came_from: list[Place] = []
    steps = SequenceMatcher(None, reading.simplified(rough), plain, autojunk=False).get_opcodes()
    for kind, start, end, _, upto in steps:
        if kind == "equal":
            came_from += places[start:end]
        elif upto > len(came_from):
            start = min(start, len(places) - 1)
            place = (places[start][0], places[max(start, end - 1)][1])
            came_from += [place] * (upto - len(came_from))
    return plain, came_from


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether a term is not part of a longer Latin word."""
    return not any(
        before >= 0 and after < len(text) and _latin(text[before]) and _latin(text[after])
        for before, after in ((start - 1, start), (end - 1, end))
    )


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
