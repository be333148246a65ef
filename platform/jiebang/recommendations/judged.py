"""What use has taught: words of people and real outcomes, as pairs with a grade from 1 to 4."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from jiebang.challenges.models import Challenge
from jiebang.contracts.models import Contract
from jiebang.contracts.states import State as ContractState
from jiebang.proposals import queries as proposals
from jiebang.proposals.states import State as BidState
from jiebang.recommendations import corpus
from jiebang.recommendations.corpus import Item
from jiebang.recommendations.models import Feedback, Kind

USELESS, USEFUL, BEST = 1, 3, 4  # as transfer staff grade: 1 not related to 4 strongly related
SOUGHT = (Kind.ACHIEVEMENT, Kind.ORGANIZATION)


class Pair(NamedTuple):
    """A need, what was judged for it, and the grade."""

    need: int
    kind: str
    object: int
    grade: int


class Written(NamedTuple):
    """How much an export holds."""

    queries: int
    documents: int
    pairs: int


def pairs() -> list[Pair]:
    """Return the judged pairs of needs: of several judgements an outcome, else the mean word.

    A bid that was opened counts as useful, an award or an accepted contract as the best there
    is; what is still sealed is not looked at. Five queries.
    """
    words: dict[tuple[int, str, int], list[int]] = {}
    said = Feedback.objects.filter(subject_kind=Kind.NEED, object_kind__in=SOUGHT)
    for need, kind, thing, useful in said.values_list(
        "subject_id", "object_kind", "object_id", "useful"
    ):
        words.setdefault((need, kind, thing), []).append(USEFUL if useful else USELESS)
    # Whoever said that a challenge suits a result, or does not, said so of the need behind it.
    turned = Feedback.objects.filter(subject_kind__in=SOUGHT, object_kind=Kind.CHALLENGE)
    about = list(turned.values_list("subject_kind", "subject_id", "object_id", "useful"))
    meant = Challenge.objects.filter(pk__in={challenge for _, _, challenge, _ in about})
    need_of = dict(meant.order_by().values_list("pk", "need"))
    for kind, thing, challenge, useful in about:
        pair = (need_of[challenge], kind, thing)
        words.setdefault(pair, []).append(USEFUL if useful else USELESS)
    grades = {pair: round(sum(given) / len(given)) for pair, given in words.items()}
    bids = proposals.opened().order_by().values_list("challenge__need", "lead", "state")
    for need, lead, state in bids:
        grade = BEST if state == BidState.AWARDED else USEFUL
        of_bid = (need, str(Kind.ORGANIZATION), lead)
        grades[of_bid] = max(grade, grades.get(of_bid, 0) if grade == BEST else grade)
    accepted = Contract.objects.filter(state=ContractState.ACCEPTED).order_by()
    for posted, commissioned, solver in accepted.values_list(
        "award__challenge__need", "commission__items__need", "solver"
    ):
        grades[posted or commissioned, str(Kind.ORGANIZATION), solver] = BEST
    return sorted(Pair(*pair, grade) for pair, grade in grades.items())


def export(folder: Path) -> Written:
    """Write queries, documents and judgements as `python -m matching evaluate` reads them.

    All that can be found stands among the documents; a pair whose need or thing takes part no
    longer is left out.
    """
    found = pairs()
    needs = list(corpus.SUBJECTS[Kind.NEED].items({pair.need for pair in found}))
    documents = {
        f"{kind}-{item.pk}": item for kind in SOUGHT for item in corpus.SOUGHT[kind].items()
    }
    known = {need.pk for need in needs}
    kept = [
        pair for pair in found if pair.need in known and f"{pair.kind}-{pair.object}" in documents
    ]
    folder.mkdir(parents=True, exist_ok=True)
    queries = {f"{Kind.NEED}-{need.pk}": need for need in needs}
    for name, rows in (("queries.jsonl", queries), ("docs.jsonl", documents)):
        (folder / name).write_text("".join(_lines(rows)), "utf-8")
    judged = (f"need-{pair.need}\t{pair.kind}-{pair.object}\t{pair.grade}\n" for pair in kept)
    (folder / "qrels.tsv").write_text("".join(judged), "utf-8")
    return Written(len(queries), len(documents), len(kept))


def _lines(rows: dict[str, Item]) -> Iterator[str]:
    for key, item in rows.items():
        passages = [passage for text in item.texts for passage in text if passage.text]
        title = next((p.text for p in passages if p.field == corpus.TITLE), "")
        rest = "\n".join(p.text for p in passages if p.text is not title)
        yield json.dumps({"id": key, "title": title, "text": rest}, ensure_ascii=False) + "\n"
