"""Questions asked of the matches: a fixed number of queries, however many matches there are.

What is stored may be seconds old. So every thing found is fetched as it is now: what was closed,
withdrawn or hidden since is left out.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from jiebang.accounts.models import User
from jiebang.achievements import queries as achievements
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.common.errors import NotFound
from jiebang.library import queries as library
from jiebang.library.models import TechNeed
from jiebang.organizations import queries as units
from jiebang.proposals import queries as proposals
from jiebang.proposals.models import Proposal
from jiebang.recommendations import evidence, policies, tuning
from jiebang.recommendations.cards import MatchView, RunView, card, kind_of
from jiebang.recommendations.models import ASKS, Feedback, Kind, Match, Run

Pair = tuple[str, int, str, int]  # subject kind and key, object kind and key


def matches_for(user: User | None, subject_kind: str, subject: Any) -> list[MatchView]:
    """Return everything found for the subject that this person may see, kind by kind."""
    return [view for run in runs_for(user, subject_kind, subject) for view in run.matches]


def run_for(user: User | None, subject_kind: str, subject: Any, object_kind: str) -> RunView | None:
    """Return one asking; None while it was not computed yet, or is not this person's to see."""
    runs = runs_for(user, subject_kind, subject)
    return next((run for run in runs if run.object_kind == object_kind), None)


def runs_for(user: User | None, subject_kind: str, subject: Any) -> list[RunView]:
    """Return what was asked for the subject, one for each kind of answer, in their usual order."""
    kinds = list(ASKS[subject_kind])
    if subject_kind == Kind.CHALLENGE:
        kinds = [*ASKS[Kind.NEED], *kinds]
    about = {
        kind: asked_for(subject, kind)
        for kind in kinds
        if policies.may_see_matches(user, subject, kind)
    }
    which = Q(pk__in=[])
    for kind, row in about.items():
        which |= Q(subject_kind=kind_of(row), subject_id=row.pk, object_kind=kind)
    runs = _views(user, Run.objects.filter(which), about)
    return sorted(runs, key=lambda run: kinds.index(Kind(run.object_kind)))


def challenges_for_units(user: User) -> list[MatchView]:
    """Return the open challenges that suit this person's units, best first, each once.

    They suit a unit by what it says of itself, or by a result that it offers.
    """
    own = units.roles_of(user)
    offered = achievements.on_offer().order_by().filter(owner__in=own).values("pk")
    runs = Run.objects.filter(
        Q(subject_kind=Kind.ORGANIZATION, subject_id__in=own)
        | Q(subject_kind=Kind.ACHIEVEMENT, subject_id__in=offered),
        object_kind=Kind.CHALLENGE,
    )
    found = [view for run in _views(user, runs, {}) for view in run.matches]
    best: dict[int, MatchView] = {}
    for view in sorted(found, key=lambda view: -view.score):
        best.setdefault(view.object.pk, view)
    return list(best.values())


def asked_for(subject: Any, object_kind: str) -> Any:
    """Return for what these matches are kept: a challenge's are its need's, but for solutions."""
    if isinstance(subject, Challenge) and object_kind != Kind.PROPOSAL:
        return subject.need
    return subject


def find_pair(
    user: User | None, subject_kind: str, subject_id: int, object_kind: str, object_id: int
) -> tuple[Any, Any]:
    """Return two things whose match this person may see; NotFound or NotAllowed otherwise.

    For a challenge and something that its need was matched with, the need comes back.
    """
    subject, thing = _find(user, subject_kind, subject_id), _find(user, object_kind, object_id)
    policies.may_see_matches(user, subject, object_kind).enforce()
    subject = asked_for(subject, object_kind)
    if object_kind not in ASKS.get(kind_of(subject), ()):
        raise NotFound("这两类对象之间不作匹配", code="kind_unknown")
    return subject, thing


def pair_of(subject: Any, thing: Any) -> dict[str, Any]:
    """Return how a pair is written in a row of feedback."""
    return {
        "subject_kind": kind_of(subject),
        "subject_id": subject.pk,
        "object_kind": kind_of(thing),
        "object_id": thing.pk,
    }


def feedback_on(user: User, subject: Any, thing: Any) -> QuerySet[Feedback]:
    """Return what this person said of a pair: one row or none."""
    return Feedback.objects.filter(user=user, **pair_of(subject, thing))


def match_of(subject: Any, thing: Any) -> Match | None:
    """Return the match that is kept of a pair, if it is one."""
    pair = pair_of(subject, thing)
    key = pair.pop("object_id")
    which = {f"run__{name}": value for name, value in pair.items()}
    return Match.objects.filter(object_id=key, **which).select_related("run").first()


def _find(user: User | None, kind: str, key: int) -> Any:
    found = visible_to(user, kind).filter(pk=key).first()
    if found is None:
        raise NotFound("没有找到要匹配的对象，或者您不能查看")
    return found


def visible_to(user: User | None, kind: str) -> QuerySet[Any]:
    """Return what of a kind this person may see at all."""
    person = _signed_in(user)
    match kind:
        case Kind.NEED:
            return library.visible_to(person) if person else TechNeed.objects.none()
        case Kind.ACHIEVEMENT:
            return achievements.visible_to(user)
        case Kind.ORGANIZATION:
            return units.visible_to(user)
        case Kind.CHALLENGE:
            return challenges.visible_to(user)
        case Kind.PROPOSAL:
            return proposals.visible_to(person) if person else Proposal.objects.none()
    raise NotFound("没有这一类匹配对象", code="kind_unknown")


def _on_offer(user: User | None, kind: str) -> QuerySet[Any]:
    """Return what of a kind may be recommended at this moment."""
    match kind:
        case Kind.ACHIEVEMENT:
            return achievements.on_offer()
        case Kind.ORGANIZATION:
            return units.in_public()
        case Kind.CHALLENGE:
            return challenges.open_now()
    return visible_to(user, kind)


def _views(user: User | None, runs: QuerySet[Run], subjects: Mapping[Kind, Any]) -> list[RunView]:
    """Put runs, the things they found and this person's feedback together."""
    answers = {
        run: [*run.matches.all(), *_nearest(run)]
        for run in runs.select_related("settings").prefetch_related("matches")
    }
    wanted: dict[str, set[int]] = {}
    for run, rows in answers.items():
        wanted.setdefault(run.object_kind, set()).update(row.object_id for row in rows)
    things = {
        (kind, thing.pk): thing
        for kind, keys in wanted.items()
        for thing in _on_offer(user, kind).filter(pk__in=keys)
    }
    opinions, known = _feedback(user, list(answers)), evidence.gather(things.values())
    views = []
    for run, rows in answers.items():
        cards: dict[int, MatchView] = {}  # by rank; 0 is the nearest where there is no match
        for row in rows:
            thing = things.get((run.object_kind, row.object_id))
            if thing is not None:
                pair = (run.subject_kind, run.subject_id, run.object_kind, row.object_id)
                subject = subjects.get(Kind(run.object_kind))
                cards[row.rank] = card(run, row, thing, subject, opinions.get(pair), known)
        label = str(Kind(run.object_kind).label)
        nearest = cards.pop(0, None)
        found, missing = tuple(cards.values()), tuple(run.missing)
        by = tuning.of_version(run.settings)
        chance = round(100 * by.chance(by.floor))
        views.append(
            RunView(run.object_kind, label, run.made_at, found, missing, nearest, chance, by.number)
        )
    return views


def _signed_in(user: User | None) -> User | None:
    return user if user is not None and user.is_authenticated else None


def _nearest(run: Run) -> list[Match]:
    return [Match(run=run, rank=0, **run.nearest)] if run.nearest else []


def _feedback(user: User | None, runs: list[Run]) -> dict[Pair, bool]:
    person = _signed_in(user)
    if person is None:
        return {}
    which = Q(pk__in=[])
    for run in runs:
        which |= Q(
            subject_kind=run.subject_kind,
            subject_id=run.subject_id,
            object_kind=run.object_kind,
        )
    pair = ("subject_kind", "subject_id", "object_kind", "object_id")
    return {
        (kind, key, object_kind, object_id): useful
        for kind, key, object_kind, object_id, useful in Feedback.objects.filter(
            which, user=person
        ).values_list(*pair, "useful")
    }
