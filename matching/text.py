"""From a text to the terms it is matched by: words by jieba, signs, and pairs of signs."""

import logging
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property, lru_cache
from hashlib import blake2b

import jieba
import opencc

from matching.cutting import Cutter
from matching.lexicon import Lexicon, shipped

jieba.setLogLevel(logging.WARNING)

# Prefixes of a term. Common ones are words that say nothing and pairs of signs that touch them.
WORD, SIGN, PAIR, COMMON = CHANNELS = ("w:", "1:", "2:", "0:")
PARTICLES = frozenset("的与和及或在中对为以等从被将其之于是了而且并所各该此由向至使把个种类型")
TRADITIONAL = 0.05  # of the signs; from here on a text is Traditional and not just quoting
_RUN = re.compile(r"[㐀-䶿一-鿿]+|[a-z0-9][a-z0-9.+#/%μ℃-]*")
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_TELLING = re.compile(r"[㐀-䶿一-鿿]+|(?=.*[a-z])[a-z0-9.+#-]+")
_UNIT = re.compile(r"^(\d+(?:\.\d+)?)([a-z%μ℃/]+\d?)$")

Phrase = tuple[str, ...]  # words that follow each other with nothing between them


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def simplified(text: str) -> str:
    """Return text in simplified signs, sign by sign."""
    converted: str = _converter("t2s").convert(text)
    return converted


def plain(text: str) -> str:
    """Return text in one width, one script (simplified), one case."""
    narrow = unicodedata.normalize("NFKC", text).lower()
    simple = simplified(narrow)
    changed = sum(a != b for a, b in zip(narrow, simple, strict=False))
    if changed <= TRADITIONAL * len(simple):
        return simple
    # Taiwan's words become the mainland's only in a Traditional text: in a simplified one
    # the same step would turn 支持向量机 into 支持矢量机.
    with_words: str = _converter("tw2sp").convert(narrow)
    return with_words


class Reading:
    """How texts are read with one lexicon: which spellings are one, and where words end."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.normalise = lru_cache(maxsize=1024)(self._normalise)

    @cached_property
    def _variants(self) -> tuple[re.Pattern[str], dict[str, str]]:
        """Return what finds any variant spelling, longest first, and what each stands for.

        The lexicon's terms that overlap a variant stand for themselves, so that the 锂电池 in
        磷酸铁锂电池 is left alone.
        """
        synonyms = self._lexicon.synonyms
        table = {plain(variant): plain(whole) for variant, whole in synonyms.items()}
        han = [variant for variant in table if _HAN.match(variant)]
        for term in map(plain, (*self._lexicon.terms, *synonyms.values())):
            if any(_meet(term, variant) for variant in han):
                table.setdefault(term, term)
        patterns = []
        for variant in sorted(table, key=lambda variant: (-len(variant), variant)):
            quoted = re.escape(variant).replace(r"\ ", r"\s+")
            # A Latin variant must stand alone: `sic` in `basic` is no silicon carbide.
            if variant[0].isascii():
                quoted = rf"(?<![a-z0-9]){quoted}"
            if variant[-1].isascii():
                quoted = rf"{quoted}(?![a-z0-9])"
            patterns.append(quoted)
        first = "".join(sorted({re.escape(variant[0]) for variant in table}))
        return re.compile(f"(?=[{first}])(?:{'|'.join(patterns)})" if table else r"(?!)"), table

    def folds(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield (start, end, canonical term) of each variant spelling in a plain text."""
        pattern, table = self._variants
        for found in pattern.finditer(text):
            variant = found.group()
            whole = table.get(variant) or table[re.sub(r"\s+", " ", variant)]
            if whole != variant:
                yield found.start(), found.end(), whole

    def _normalise(self, text: str) -> str:
        text = plain(text)
        pieces, last = [], 0
        for start, end, whole in self.folds(text):
            pieces += [text[last:start], whole]
            last = end
        return "".join([*pieces, text[last:]])

    @cached_property
    def _silent(self) -> frozenset[str]:
        return frozenset(map(plain, self._lexicon.stopwords)) | PARTICLES

    @cached_property
    def words(self) -> Mapping[str, int]:
        """Return how often each word is to be expected: jieba's dictionary and the lexicon."""
        found: Mapping[str, int] = self._known.FREQ
        return found

    @cached_property
    def _known(self) -> jieba.Tokenizer:
        """Return a tokenizer of our own: jieba's global one belongs to everybody."""
        known = jieba.Tokenizer()
        words, known.total = _dictionary()
        known.FREQ = words.copy()
        known.initialized = True
        for term in self._added:
            known.add_word(term)
        return known

    @cached_property
    def _added(self) -> list[str]:
        lists = self._lexicon
        terms = (*lists.terms, *lists.synonyms.values(), *sorted(lists.stopwords))
        return list(dict.fromkeys(map(plain, terms)))

    @cached_property
    def _cutter(self) -> Cutter:
        added = {term: self.words.get(term, 0) for term in self._added}
        return _everyday_cutter().changed(added, self._known.total)

    def phrases(self, text: str) -> Iterator[Phrase]:
        """Yield the phrases of a text, broken by signs and by words that say nothing.

        Words that jieba does not know stay apart, sign by sign: its guesses differ from text
        to text.
        """
        for words in self.runs(text):
            yield from self.telling(words)

    def runs(self, text: str) -> Iterator[list[str]]:
        """Yield the words of each run of signs that nothing breaks."""
        text = self.normalise(text)
        ends, at = self._cutter.ends(text), 0
        for run in _RUN.finditer(text):
            words = [run.group().rstrip("./-+")]
            if _HAN.match(words[0]):
                words, start = [], run.start()
                at = bisect_right(ends, start, at)
                while at < len(ends) and ends[at] <= run.end():
                    words.append(text[start : ends[at]])
                    start, at = ends[at], at + 1
            yield words

    def telling(self, words: Iterable[str]) -> Iterator[Phrase]:
        """Yield the phrases of a run, between the words that say nothing."""
        silent, phrase = self._silent, []
        for word in words:
            if word not in silent:
                phrase.append(word)
            elif phrase:
                yield tuple(phrase)
                phrase = []
        if phrase:
            yield tuple(phrase)

    def common(self, words: Sequence[str]) -> list[str]:
        """Return the words of a run that say nothing, and the pairs of signs that touch them.

        A word of two signs is its own pair.
        """
        said = [word in self._silent for word in words]
        if not any(said) or not _HAN.match(words[0]):
            return []
        found = [word for word, is_silent in zip(words, said, strict=True) if is_silent]
        touched = [is_silent for word, is_silent in zip(words, said, strict=True) for _ in word]
        whole = "".join(words)
        return [word for word in found if len(word) != 2] + [
            whole[at : at + 2] for at in range(len(whole) - 1) if touched[at] or touched[at + 1]
        ]


@cache
def _dictionary() -> tuple[dict[str, int], int]:
    """Return jieba's dictionary, read from its own file.

    Not from its cache file, which anybody could have put in its place.
    """
    plainly = jieba.Tokenizer()
    words, total = plainly.gen_pfdict(plainly.get_dict_file())
    return words, total


@cache
def _everyday_cutter() -> Cutter:
    return Cutter(*_dictionary())


@lru_cache(maxsize=4)
def _reading(lexicon: Lexicon) -> Reading:
    return Reading(lexicon)


_used: ContextVar[Lexicon | None] = ContextVar("lexicon", default=None)


@contextmanager
def using(lexicon: Lexicon | None) -> Iterator[None]:
    """Read texts with this lexicon meanwhile; None means the one that comes with the matcher."""
    token = _used.set(lexicon)
    try:
        yield
    finally:
        _used.reset(token)


def _now() -> Reading:
    return _reading(_used.get() or shipped())


def folds(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, canonical term) of each variant spelling in a plain text."""
    return _now().folds(text)


def normalise(text: str) -> str:
    """Return the form that is cut: plain, and every variant folded to its canonical term."""
    return _now().normalise(text)


def phrases(text: str) -> Iterator[Phrase]:
    """Yield the phrases of a text, broken by signs and by words that say nothing."""
    return _now().phrases(text)


def dictionary() -> tuple[Mapping[str, int], int]:
    """Return how often each word stands in everyday texts, and how many words those have."""
    return _dictionary()


def _meet(term: str, variant: str) -> bool:
    """Say whether a variant stands in a term, or begins before the term ends."""
    return variant in term or any(
        term.endswith(variant[:size]) for size in range(1, min(len(term), len(variant)))
    )


def parts(word: str) -> tuple[str, ...]:
    """Return a word, and a quantity's unit beside it; a number alone is none."""
    if word.replace(".", "").isdigit():
        return ()
    unit = _UNIT.match(word)
    return (unit[2], word) if unit and len(unit[2]) > 1 else (word,)


def grams(phrase: Phrase) -> tuple[list[str], list[str]]:
    """Return the signs and the neighbouring pairs of a phrase; a Latin one is a sign whole."""
    whole = "".join(phrase)
    if not _HAN.match(whole):
        return [whole], []
    return list(whole), [whole[i : i + 2] for i in range(len(whole) - 1)]


def terms(text: str) -> list[str]:
    """Return the terms of all channels, with repeats."""
    found, reading = [], _now()
    for words in reading.runs(text):
        for phrase in reading.telling(words):
            signs, pairs = grams(phrase)
            found += [WORD + part for word in phrase for part in parts(word)]
            found += [SIGN + sign for sign in signs]
            found += [PAIR + pair for pair in pairs]
        found += [COMMON + term for term in reading.common(words)]
    return found


@lru_cache(maxsize=1 << 18)
def key(term: str) -> int:
    """Return the number a term is known by: its channel in two bits, and 62 of a hash.

    Of three million terms two share a number once in a million indexes.
    """
    hashed = int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "big")
    return CHANNELS.index(term[:2]) << 62 | hashed >> 2


def names(phrase: Phrase) -> list[str]:
    """Return what of a phrase can be named to people: its words, lone signs taken together."""
    found, lone = [], ""
    for word in (*phrase, ""):
        if len(word) == 1:
            lone += word
            continue
        found += [lone, word]
        lone = ""
    return [name for name in found if len(name) > 1 and _TELLING.fullmatch(name)]


def nameable(run: str) -> bool:
    """Say whether a run of signs says something by itself: a word, or three signs and more."""
    return len(run) > 2 or (len(run) == 2 and bool(_now().words.get(run)))
