"""From a text to the terms it is matched by: words by jieba, and characters by one and two."""

import logging
import re
import tempfile
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import jieba
import opencc

from matching import lexicon

jieba.setLogLevel(logging.WARNING)

WORD, CHARS = "w:", "c:"  # the two channels, as prefixes of a term
PARTICLES = "的与和及或在中对为以等从被将其之于是了而且并所各该此由向至使把"
_RUN = re.compile(r"[一-鿿]+|[a-z0-9][a-z0-9.+#/%μ℃-]*")
_HAN = re.compile(r"[一-鿿]")
_UNIT = re.compile(r"^(\d+(?:\.\d+)?)([a-z%μ℃/]+\d?)$")


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def plain(text: str) -> str:
    """Return text in one width, one script (simplified), one case."""
    simplified: str = _converter("tw2sp").convert(unicodedata.normalize("NFKC", text))
    return simplified.lower()


@cache
def _variants() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return what finds any variant spelling, longest first, and what each stands for."""
    pairs = ((plain(variant), plain(whole)) for variant, whole in lexicon.synonyms().items())
    # 碳化矽 is 碳化硅 as soon as it is simplified: nothing is left to fold.
    table = {variant: whole for variant, whole in pairs if variant != whole}
    ordered = sorted(table, key=lambda variant: (-len(variant), variant))
    patterns = []
    for variant in ordered:
        quoted = re.escape(variant).replace(r"\ ", r"\s+")
        # A Latin variant must stand alone: `sic` in `basic` is no silicon carbide.
        patterns.append(quoted if _HAN.search(variant) else rf"(?<![a-z0-9]){quoted}(?![a-z0-9])")
    return re.compile("|".join(patterns)), table


def normalise(text: str) -> str:
    """Return the form that is cut: plain, and every variant folded to its canonical term."""
    return _fold(plain(text))[0]


def _fold(text: str) -> tuple[str, dict[str, str]]:
    """Return the folded text, and for each canonical term the variant that stood there."""
    pattern, table = _variants()
    seen: dict[str, str] = {}

    def canonical(found: re.Match[str]) -> str:
        variant = found.group()
        whole = table.get(variant) or table[re.sub(r"\s+", " ", variant)]
        seen.setdefault(whole, variant)
        return whole

    return pattern.sub(canonical, text), seen


def folded_variants(text: str) -> dict[str, str]:
    """Return canonical term → the spelling under which it stands in this text."""
    return _fold(plain(text))[1]


@cache
def _cutter() -> jieba.Tokenizer:
    """Return a tokenizer of our own: jieba's global one belongs to everybody."""
    cutter = jieba.Tokenizer()
    cutter.tmp_dir = tempfile.gettempdir()
    cutter.cache_file = f"jiebang-{lexicon.fingerprint()}.{Path.home().name or 'user'}.cache"
    cutter.initialize()
    for term in lexicon.terms():
        cutter.add_word(plain(term))
    for whole in set(lexicon.synonyms().values()):
        cutter.add_word(plain(whole))
    return cutter


@cache
def _silent() -> tuple[frozenset[str], re.Pattern[str]]:
    words = frozenset(map(plain, lexicon.stopwords()))
    longest_first = sorted((w for w in words if len(w) > 1), key=lambda w: (-len(w), w))
    return words, re.compile("|".join([*map(re.escape, longest_first), f"[{PARTICLES}]"]))


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, sub-words of long ones included, in order, with repeats."""
    stop, _ = _silent()
    found = []
    for run in _RUN.findall(normalise(text)):
        if _HAN.match(run):
            for whole in _cutter().cut(run):
                if whole not in stop:
                    parts = _cutter().cut_for_search(whole)
                    found += [part for part in parts if len(part) > 1 and part not in stop]
        else:
            found += [t for t in _latin(run) if t not in stop]
    return tuple(found)


def _latin(run: str) -> list[str]:
    """Return a model code or a number with its unit, whole and in its parts."""
    run = run.rstrip("./-+")
    if (parts := _UNIT.match(run)) and len(parts[2]) > 1:
        return [run, parts[2]]
    return [run] if len(run) > 1 and not run.replace(".", "").isdigit() else []


def characters(text: str) -> list[str]:
    """Return the single characters and neighbouring pairs of the runs that say something."""
    found: list[str] = []
    for run in runs(text):
        found += run
        found += [run[i : i + 2] for i in range(len(run) - 1)]
    return found


@lru_cache(maxsize=4096)
def runs(text: str) -> tuple[str, ...]:
    """Return the unbroken runs of Chinese signs, cut at words and particles that say nothing."""
    _, fillers = _silent()
    han = (run for run in _RUN.findall(normalise(text)) if _HAN.match(run))
    return tuple(part for run in han for part in fillers.sub(" ", run).split())


def terms(text: str) -> list[str]:
    """Return all terms of both channels: the analyzer of the index."""
    return [WORD + word for word in words(text)] + [CHARS + gram for gram in characters(text)]


def spans(text: str, wanted: Iterable[str]) -> list[tuple[int, int, str]]:
    """Return where the wanted terms stand in the original text, in whatever spelling.

    `(start, end, term)`, in order, without overlaps; of two that overlap the longer wins.
    """
    folded, offsets = _fold_each(text)
    taken = [False] * len(folded)
    found = []
    spelt: list[tuple[str, str]] = []
    back: dict[str, list[str]] = {}
    for variant, whole in _variants()[1].items():
        back.setdefault(whole, []).append(variant)
    for term in dict.fromkeys(wanted):
        key = plain(term)
        spelt += [(each, term) for each in (key, *back.get(key, ())) if each]
    for each, term in sorted(spelt, key=lambda pair: -len(pair[0])):
        start = folded.find(each)
        while start != -1:
            end = start + len(each)
            if not any(taken[start:end]) and _stands_alone(folded, start, end):
                taken[start:end] = [True] * len(each)
                found.append((offsets[start], offsets[end - 1] + 1, term))
            start = folded.find(each, start + 1)
    return sorted(found)


def _fold_each(text: str) -> tuple[str, list[int]]:
    """Fold sign by sign, so that every folded sign knows where it came from."""
    folded, offsets = [], []
    convert = _converter("t2s").convert
    for position, sign in enumerate(text):
        for each in convert(unicodedata.normalize("NFKC", sign)).lower():
            folded.append(each)
            offsets.append(position)
    return "".join(folded), offsets


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether a Latin term is not a part of a longer Latin word."""
    if not text[start].isascii():
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not any(sign.isascii() and sign.isalnum() for sign in (before, after) if sign)
