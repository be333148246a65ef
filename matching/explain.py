"""Why two texts match: the parts of the score under names that people can see.

Characters, pairs and words count under the longest run of signs that both texts share and that
holds them. Nothing is lost: the parts add up to the score.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matching import text

REST = "其他"
Weights = Mapping[str, Mapping[str, float]]  # field → term → weight


@dataclass(frozen=True)
class Reason:
    """One part of a score: a term, its share, and where it counts most in either text.

    `kind` is `word`, `chars`, `synonym` or `other`; `seen_as` is how a synonym was spelt.
    """

    term: str
    share: float
    query_field: str
    field: str
    kind: str
    seen_as: str = ""


def shared_runs(query: Iterable[str], document: Iterable[str]) -> list[str]:
    """Return the longest runs of two or more signs that stand in both, longest first."""
    whole = "\n".join(document)
    found = set()
    for run in query:
        start = 0
        while start < len(run) - 1:
            end = start + 2
            while end <= len(run) and run[start:end] in whole:
                end += 1
            if end - 1 - start > 1:
                found.add(run[start : end - 1])
            start = max(start + 1, end - 2)
    return sorted(found, key=lambda run: (-len(run), run))


def reasons(
    query: Weights,
    document: Weights,
    asked: Mapping[str, str],
    offered: Mapping[str, str],
    most: int = 8,
) -> tuple[Reason, ...]:
    """Return the parts of the score, largest first; what has no name or is small is 其他."""
    named = shared_runs(_runs(asked), _runs(offered))
    shares: dict[str, float] = defaultdict(float)
    places: dict[str, tuple[float, str, str]] = {}
    words = set()
    for query_field, wanted in query.items():
        for field, found in document.items():
            for term in sorted(wanted.keys() & found.keys()):
                name = _name(term, named)
                if term == text.WORD + name:
                    words.add(name)
                share = wanted[term] * found[term]
                shares[name] += share
                if share > places.get(name, (0.0, "", ""))[0]:
                    places[name] = (share, query_field, field)
    total = sum(shares.values())
    shares.pop(REST, None)
    spelt = text.folded_variants("\n".join([*asked.values(), *offered.values()]))
    largest = sorted(shares, key=lambda name: (-shares[name], name))[:most]
    made = []
    for name in largest:
        seen_as = next((variant for whole, variant in sorted(spelt.items()) if whole in name), "")
        kind = "synonym" if seen_as else "word" if name in words else "chars"
        made.append(Reason(name, shares[name], *places[name][1:], kind, seen_as))
    rest = total - sum(reason.share for reason in made)
    if rest > 1e-12:
        made.append(Reason(REST, rest, "", "", "other"))
    return tuple(made)


def _name(term: str, named: list[str]) -> str:
    """Return under which name a term counts: a shared run, itself if a word, or the rest."""
    plain = term[2:]
    if len(plain) > 1:
        for run in named:
            if plain in run:
                return run
    return plain if term.startswith(text.WORD) else REST


def _runs(texts: Mapping[str, str]) -> list[str]:
    return [run for each in texts.values() for run in text.runs(each)]
