"""How well matching does on the bureau's own judged pairs, and what these would have it change.

Figures "after" are of needs that were not learned from: in turn, a fifth of the needs is left
out, the rest are learned from, and the fifth is measured.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.model_selection import GroupKFold

from jiebang.jobs.registry import Progress
from jiebang.recommendations import corpus, engine, judged
from jiebang.recommendations.corpus import Item
from jiebang.recommendations.judged import SOUGHT, USEFUL, Pair
from jiebang.recommendations.models import Kind
from jiebang.recommendations.tuning import BUILT_IN, Values
from matching import Document, Index, using
from matching.grading import GRADES, Scale
from matching.judged import Collection
from matching.metrics import of_query
from matching.rarity import Array
from matching.weights import AGAIN, FIELDS

FOLDS = 5
STEPS = (0.5, 2.0)  # what one field's share is tried at, as a multiple of what it is
LEAST_FLOOR, MOST_FLOOR = 0.05, 0.6  # no fit, however odd its pairs, moves a bar beyond these
LISTED = ("ndcg@10", "recall@10", "mrr@10", "auc", "tau")


@dataclass(frozen=True)
class Asked:
    """One need among things of one kind: what each field of it gives each of them, and grades.

    `parts` has a row for each field of the matcher, already as if that field were all there is.
    """

    need: int
    rows: tuple[int, ...]
    parts: Array
    filled: tuple[bool, ...]
    grades: Mapping[int, int]

    def scores(self, shares: Mapping[str, float]) -> Array:
        """Return the scores of the things, in the order of `rows`, by these shares."""
        worth = np.array(
            [shares[name] * has for name, has in zip(FIELDS, self.filled, strict=True)]
        )
        found: Array = worth / max(worth.sum(), 1e-12) @ self.parts
        return found

    @cached_property
    def collection(self) -> Collection:
        """Return it as the matcher's figures read it."""
        documents = tuple(Document(f"{row:012d}") for row in self.rows)
        graded = {f"{row:012d}": grade for row, grade in self.grades.items()}
        return Collection("own", (Document("q"),), documents, {"q": graded, "scale": {"": 4}})

    @cached_property
    def places(self) -> list[int]:
        """Return where the judged things stand in `rows`."""
        place = {row: number for number, row in enumerate(self.rows)}
        return [place[row] for row in self.grades]


@dataclass(frozen=True)
class Fitted:
    """What the pairs suggest, and the figures of both."""

    pairs: int
    values: Values
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def fit(base: Values, progress: Progress) -> Fitted:
    """Return what the judged pairs suggest beside what counts now, with the figures of both."""
    asked = list(_asked(judged.pairs(), progress))
    progress(len(asked), len(asked) + FOLDS + 1, "正在测算现行口径")
    before = _figures([(base, each) for each in asked])
    held_out = []
    groups = [each.need for each in asked]
    folds = min(FOLDS, len(set(groups)))
    if folds > 1:
        for number, (learned, left) in enumerate(GroupKFold(folds).split(asked, groups=groups), 1):
            said = f"正在测算第 {number}／{folds} 份未参与拟合的需求"
            progress(len(asked) + number, len(asked) + folds + 1, said)
            values = _learned(base, [asked[at] for at in learned])
            held_out += [(values, asked[at]) for at in left]
    after = _figures(held_out)
    suggested = _learned(base, asked)
    if after.get("ndcg@10", 0.0) <= before.get("ndcg@10", 0.0):
        # No better an order of needs that were left out: the shares stay, the words are refitted.
        suggested = _worded(replace(suggested, shares=base.shares), asked)
        after = _figures([(_rest(base, asked, each.need), each) for _, each in held_out])
    pairs = sum(len(each.grades) for each in asked)
    return Fitted(pairs, suggested, before, after)


def enough(pairs: Sequence[Pair], least: int) -> bool:
    """Say whether there are enough to learn from: so many, good and bad ones, of two needs."""
    grades = [pair.grade >= USEFUL for pair in pairs]
    return (
        len(pairs) >= least
        and any(grades)
        and not all(grades)
        and len({pair.need for pair in pairs}) > 1
    )


def _asked(pairs: Sequence[Pair], progress: Progress) -> Iterator[Asked]:
    """Yield every need that was judged, for each kind of thing it was judged for."""
    by_need: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for pair in pairs:
        by_need[pair.kind, pair.need][pair.object] = pair.grade
    needs = {item.pk: item for item in corpus.SUBJECTS[Kind.NEED].items({p.need for p in pairs})}
    for number, ((kind, need), grades) in enumerate(sorted(by_need.items()), 1):
        shelf = engine.current(kind)
        progress(number, len(by_need) + FOLDS + 1, f"正在比较第 {number}／{len(by_need)} 条需求")
        item = needs.get(need)
        if shelf is None or item is None or not item.documents or kind not in SOUGHT:
            continue
        rows = sorted({corpus.place(key)[0] for key in shelf.digests})
        known = {row: grade for row, grade in grades.items() if row in set(rows)}
        if known:
            yield _of_need(shelf.index, item, rows, known)


def _of_need(index: Index, item: Item, rows: list[int], grades: Mapping[int, int]) -> Asked:
    """Return what each field gives each thing; of a thing's several texts the best one by all."""
    query = item.documents[0]
    keys = sorted(index.vectors.places)
    by_field = np.zeros((len(FIELDS), len(keys)))
    filled = []
    for number, name in enumerate(FIELDS):
        alone = Document(query.key, {name: _as_asked(query, name)})
        with using(index.lexicon):
            filled.append(len(index.vectors.asked(alone).values) > 0)
        if filled[-1]:
            found = engine.scores(index, alone, keys)
            by_field[number] = [found[key] for key in keys]
    usual = np.array([BUILT_IN.shares[name] for name in FIELDS]) @ by_field
    place = {row: number for number, row in enumerate(rows)}
    best = np.full(len(rows), -1.0)
    parts = np.zeros((len(FIELDS), len(rows)))
    for at, key in enumerate(keys):
        row = place.get(corpus.place(key)[0])
        if row is not None and usual[at] > best[row]:
            best[row], parts[:, row] = usual[at], by_field[:, at]
    return Asked(item.pk, tuple(rows), parts, tuple(filled), grades)


def _as_asked(query: Document, field: str) -> str:
    """Return what a field asks by itself: the engine lets a body say its title again."""
    said = query.fields.get(field, "")
    if field == "body" and said:
        return "\n".join([*[query.fields.get("title", "")] * AGAIN, said])
    return said


def _learned(base: Values, asked: Sequence[Asked]) -> Values:
    """Return what these needs suggest: shares by their order, bars and chances by their grades."""
    best = max(_tried(base), key=lambda shares: _order(asked, shares))
    return _worded(replace(base, shares=best), asked)


def _rest(base: Values, asked: Sequence[Asked], need: int) -> Values:
    """Return what all other needs suggest for the words alone."""
    return _worded(base, [each for each in asked if each.need != need])


def _tried(base: Values) -> list[Mapping[str, float]]:
    """Return the shares to try: those in use first, then each field at less and at more."""
    found: list[Mapping[str, float]] = [base.shares, BUILT_IN.shares]
    for name in FIELDS:
        for step in STEPS:
            moved = {**base.shares, name: base.shares[name] * step}
            total = sum(moved.values())
            found.append({field: round(share / total, 4) for field, share in moved.items()})
    return found


def _order(asked: Sequence[Asked], shares: Mapping[str, float]) -> float:
    figures = (of_query(each.collection, "q", each.scores(shares)) for each in asked)
    counted = [row["ndcg@10"] for row in figures if row]
    return float(np.mean(counted)) if counted else 0.0


def _worded(values: Values, asked: Sequence[Asked]) -> Values:
    """Return the values with the chances of these pairs, and the bars where words keep their sense.

    "较强" stays what people call close as often as they did of the pairs it was first set by.
    """
    scores = [float(s) for each in asked for s in each.scores(values.shares)[each.places]]
    grades = [grade for each in asked for grade in each.grades.values()]
    if not scores:
        return values
    scale = Scale.fit(scores, grades)
    slope = scale.curves[USEFUL - GRADES[1]][0]
    if slope <= 0:  # the scores tell nothing of these pairs: the bars stay
        return values
    bars = [
        _bar(scale, BUILT_IN.chance(at)) for at in (BUILT_IN.floor, BUILT_IN.fair, BUILT_IN.strong)
    ]
    return replace(values, floor=bars[0], fair=bars[1], strong=bars[2], curves=scale.curves)


def _bar(scale: Scale, chance: float) -> float:
    """Return from which score on people call pairs close as often as this."""
    low, high = LEAST_FLOOR, MOST_FLOOR
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if scale.chance(middle) >= chance else (middle, high)
    return round(high, 4)


def _figures(measured: Sequence[tuple[Values, Asked]]) -> dict[str, Any]:
    """Return the means over needs, and over pairs: grade score, and what the floor lets through."""
    rows, errors = [], []
    above, below = [0, 0], [0, 0]  # pairs, and those called useful
    for values, each in measured:
        scores = each.scores(values.shares)
        if (row := of_query(each.collection, "q", scores)) is not None:
            rows.append(row)
        scale = Scale(values.curves)
        for at, grade in zip(each.places, each.grades.values(), strict=True):
            score = float(scores[at])
            errors.append(abs(round(scale.expected(score)) - grade))
            side = above if score >= values.floor else below
            side[0] += 1
            side[1] += grade >= USEFUL
    figures: dict[str, Any] = {"queries": len(rows), "pairs": len(errors)}
    for name in LISTED:
        counted = [row[name] for row in rows if name in row]
        if counted:
            figures[name] = float(np.mean(counted))
    if errors:
        figures["grade"] = 1 / (1 + float(np.mean(errors)))
    return figures | {
        "above": above[0], "above_useful": above[1],
        "below": below[0], "below_useful": below[1],
    }  # fmt: skip
