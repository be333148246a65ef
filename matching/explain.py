"""Why two texts match: the parts of the score under names that people can see.

Signs, pairs and words count under the longest run of words that both texts share and that holds
them. Nothing is lost: the parts add up to the score.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matching import text
from matching.highlight import as_written
from matching.rarity import everyday
from matching.vectors import Asked, Weights
from matching.weights import FIELDS, OFFERED

REST, COMMON = "其他", "常用字词"
NAMED = 8  # reasons, and missing words, named at most
LEAST = 0.02  # of the score; what gave less goes to the rest
NAMELESS = ("common", "other")  # kinds of reasons that name no single term
# A word that stands in more of the 2,000 imagined everyday documents than this is an ordinary
# one. Of 120 judged pairs from the floor on that share one such word and nothing else, people
# called 11 in 100 close, as few as below the floor; of the other 604, 28 in 100.
ORDINARY = 2
ASKS_LITTLE = 2  # names; whoever asks for one word, or two, is answered by one
WORTH = len(text.WORD) + 1  # a word of one sign, as the C of ℃, tells nobody anything


@dataclass(frozen=True)
class Reason:
    """One part of a score: a term, its share, and where it counts most in either text.

    `kind` is `word`, `chars` (a run of several words), `synonym`, `common` (all words that say
    nothing by themselves, together) or `other`; `seen_as` is how a synonym stood in the text.
    """

    term: str
    share: float
    query_field: str
    field: str
    kind: str
    seen_as: str = ""


class Reader:
    """A query made ready to be compared with documents, one after another."""

    def __init__(self, fields: Mapping[str, str], asked: Asked) -> None:
        self._asked = asked
        self._written = as_written("\n".join(fields.values()))
        self._phrases: list[text.Phrase] = []
        self._names: dict[str, float] = {}
        for field in FIELDS:
            phrases = list(text.phrases(fields.get(field, "")))
            self._phrases += phrases
            for name in (name for phrase in phrases for name in text.names(phrase)):
                worth = OFFERED[field] * _rarity(name, asked.rarity)
                self._names[name] = max(worth, self._names.get(name, 0.0))

    def reasons(
        self, document: Weights, fields: Mapping[str, str], score: float
    ) -> tuple[Reason, ...]:
        """Return the parts of a score, largest first; what has no name or is small is 其他."""
        pairs = [
            (asked_in, found_in, term, wanted[term] * found[term])
            for asked_in, wanted in self._asked.weights.items()
            for found_in, found in document.items()
            for term in sorted(wanted.keys() & found.keys())
        ]
        total = sum(share for *_, share in pairs)
        if not total:
            return ()
        words = {
            term[2:] for *_, term, _ in pairs if term.startswith(text.WORD) and len(term) > WORTH
        }
        longest_first = sorted(self._shared(fields) | words, key=lambda run: (-len(run), run))
        shares: dict[str, float] = defaultdict(float)
        places: dict[str, tuple[float, str, str]] = {}
        common = 0.0
        for asked_in, found_in, term, share in pairs:
            if term.startswith(text.COMMON):
                common += share * score / total
                continue
            name = next((run for run in longest_first if term[2:] in run), REST)
            shares[name] += share * score / total
            if share > places.get(name, (0.0, "", ""))[0]:
                places[name] = (share, asked_in, found_in)
        shares.pop(REST, None)
        written = as_written("\n".join(fields.values())) | self._written
        made = []
        for name in sorted(shares, key=lambda name: (-shares[name], name))[:NAMED]:
            if shares[name] >= LEAST * score:
                seen_as = next((how for whole, how in written.items() if whole in name), "")
                kind = "synonym" if seen_as else "word" if name in words else "chars"
                made.append(Reason(name, shares[name], *places[name][1:], kind, seen_as))
        if common >= LEAST * score:
            made.append(Reason(COMMON, common, "", "", "common"))
        rest = score - sum(reason.share for reason in made)
        if rest > 1e-12:
            made.append(Reason(REST, rest, "", "", "other"))
        return tuple(made)

    def lone(self, reasons: Iterable[Reason]) -> str:
        """Return the ordinary word that is all the texts share, if there is nothing but it."""
        named = [reason for reason in reasons if reason.kind not in NAMELESS]
        if len(named) != 1 or named[0].kind == "synonym" or len(self._names) <= ASKS_LITTLE:
            return ""
        term = named[0].term
        return term if everyday(text.WORD + term) > ORDINARY else ""

    def missing(self, documents: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
        """Return the words of the query that none of these documents mentions, by their worth.

        Worth is rarity times the share of the field: a title says best what is asked.
        """
        offered = "\n".join(map(_joined, documents))
        absent = {name: w for name, w in self._names.items() if not _mentions(offered, name)}
        return tuple(sorted(absent, key=lambda name: -absent[name])[:NAMED])

    def _shared(self, fields: Mapping[str, str]) -> set[str]:
        """Return the longest runs of the query's signs that stand in the offered text too."""
        offered = _joined(fields)
        found = set()
        for phrase in map("".join, self._phrases):
            start = 0
            while start < len(phrase):
                end = start
                while end < len(phrase) and _mentions(offered, phrase[start : end + 1]):
                    end += 1
                found.add(phrase[start:end])
                start = max(end, start + 1)
        return set(filter(text.nameable, found))


def _rarity(name: str, rarity: Mapping[str, float]) -> float:
    """Return how rare a word is, or what its signs are on average where nobody knows the word."""
    known = rarity.get(text.WORD + name)
    if known is not None:
        return known
    return sum(rarity.get(text.SIGN + sign, 0.0) for sign in name) / len(name)


def _joined(fields: Mapping[str, str]) -> str:
    return "\n".join(map(text.normalise, fields.values()))


def _mentions(offered: str, name: str) -> bool:
    if name[0].isascii():  # a Latin word is none within a longer one
        return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", offered) is not None
    return name in offered
