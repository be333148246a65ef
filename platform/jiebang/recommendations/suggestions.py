"""Which new challenges suit whose units, and that a person is told of each of them once.

Only what is kept as a match is suggested, so nothing under the floor; its reasons come from what
everybody may read of a challenge.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from jiebang.achievements import queries as achievements
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.organizations import queries as units
from jiebang.proposals.models import Proposal
from jiebang.recommendations.cards import Chip, chips
from jiebang.recommendations.models import Kind, Match, Suggestion

TERMS = 3
# Score, whether it is by a result (which says more than the unit as a whole), match, challenge.
Found = tuple[float, bool, int, int]


@dataclass(frozen=True)
class Suited:
    """A challenge that suits a unit: by one of its results, or by what it says of itself."""

    challenge: Challenge
    result: str
    terms: tuple[Chip, ...]

    @property
    def reason(self) -> str:
        """Return why, in one line."""
        what = f"成果“{self.result}”" if self.result else "的简介和成果"
        words = "、".join(chip.term for chip in self.terms)
        return f"与本单位{what}都提到{words}" if words else f"与本单位{what}相符"


def fresh(people: Collection[int]) -> dict[int, list[Suited]]:
    """Return by person the open challenges that suit their units and that they were not told of.

    Best first; neither one's own nor what one's unit bids for. A fixed number of queries.
    """
    places = units.places_of(people)
    best = _best_by_unit({unit for own in places.values() for unit in own})
    told = set(
        Suggestion.objects.filter(person__in=list(places)).values_list("person", "challenge_id")
    )
    wanted: dict[int, list[Found]] = {}
    for person, own in places.items():
        mine: dict[int, Found] = {}
        barred = {key for unit in own for key in best.barred.get(unit, ())}
        for unit in own:
            for found in best.found.get(unit, ()):
                key = found[3]
                if key not in barred and (person, key) not in told:
                    mine[key] = max(found, mine.get(key, found))
        if mine:
            wanted[person] = sorted(mine.values(), key=lambda each: (-each[0], each[3]))
    return _told(wanted)


def claim(person: int, keys: Iterable[int]) -> None:
    """Write down that the person is told of these; IntegrityError where another just did."""
    Suggestion.objects.bulk_create(Suggestion(person_id=person, challenge_id=key) for key in keys)


@dataclass(frozen=True)
class _Best:
    """By unit what it was matched with, and which challenges it is never told of."""

    found: Mapping[int, list[Found]]
    barred: Mapping[int, set[int]]


def _best_by_unit(own: Collection[int]) -> _Best:
    offered = achievements.on_offer().order_by().filter(owner__in=own)
    owner_of = dict(offered.values_list("pk", "owner"))
    by_unit = Q(run__subject_kind=Kind.ORGANIZATION, run__subject_id__in=own)
    by_result = Q(run__subject_kind=Kind.ACHIEVEMENT, run__subject_id__in=list(owner_of))
    opened = dict(challenges.open_now().order_by().values_list("pk", "need__owner"))
    matches = Match.objects.filter(
        by_unit | by_result, run__object_kind=Kind.CHALLENGE, object_id__in=list(opened)
    )
    found: dict[int, list[Found]] = defaultdict(list)
    for kind, subject, score, key, challenge in matches.order_by().values_list(
        "run__subject_kind", "run__subject_id", "score", "pk", "object_id"
    ):
        unit = subject if kind == Kind.ORGANIZATION else owner_of[subject]
        found[unit].append((round(score, 9), kind == Kind.ACHIEVEMENT, key, challenge))
    barred: dict[int, set[int]] = defaultdict(set)
    for challenge, poster in opened.items():
        if poster is not None:
            barred[poster].add(challenge)
    bids = Proposal.objects.filter(lead__in=own, challenge__in=list(opened)).order_by()
    for lead, challenge in bids.values_list("lead", "challenge"):
        barred[lead].add(challenge)
    return _Best(found, barred)


def _told(wanted: Mapping[int, list[Found]]) -> dict[int, list[Suited]]:
    rows = Match.objects.select_related("run").in_bulk(
        {key for found in wanted.values() for _, _, key, _ in found}
    )
    opened = challenges.open_now().in_bulk({row.object_id for row in rows.values()})
    by_result = {
        row.run.subject_id for row in rows.values() if row.run.subject_kind == Kind.ACHIEVEMENT
    }
    titles = dict(achievements.on_offer().filter(pk__in=by_result).values_list("pk", "title"))
    return {
        person: [
            Suited(
                challenge=opened[challenge],
                result=titles.get(rows[key].run.subject_id, "") if _is_result(rows[key]) else "",
                terms=chips(rows[key].reasons, rows[key].score, most=TERMS),
            )
            for _, _, key, challenge in found
            if key in rows and challenge in opened
        ]
        for person, found in wanted.items()
    }


def _is_result(match: Match) -> bool:
    return match.run.subject_kind == Kind.ACHIEVEMENT
