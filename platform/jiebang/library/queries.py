"""Questions asked of calls and needs."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from jiebang.accounts.models import PlatformRole, User
from jiebang.common import clock
from jiebang.library.models import Appraisal, Call, TechNeed
from jiebang.library.policies import BUREAU
from jiebang.library.signals import appraisers_weighed
from jiebang.library.states import RuleCode, State, WindowKind
from jiebang.organizations import queries as units
from jiebang.organizations.states import MemberRole


def calls_open(
    kind: WindowKind = WindowKind.COLLECTION, now: datetime | None = None
) -> QuerySet[Call]:
    """Return the calls in whose window we are."""
    now = now or clock.now()
    return Call.objects.filter(
        windows__kind=kind, windows__opens_at__lte=now, windows__closes_at__gt=now
    )


def rules_of(call: Call | None) -> dict[str, Decimal]:
    """Return the numbers a call sets, by code; none without a call."""
    return {rule.code: rule.value for rule in call.rules.all()} if call else {}


def with_parts(needs: QuerySet[TechNeed]) -> QuerySet[TechNeed]:
    """Fetch what a list row shows, in a fixed number of queries."""
    return needs.select_related("owner__district", "tech_field", "call")


def visible_to(user: User) -> QuerySet[TechNeed]:
    """Return what this person may read: one's units' needs, and what one's role has to handle."""
    mine = Q(owner__in=units.roles_of(user))
    if user.has_role(*BUREAU):
        mine |= ~Q(state__in=(State.DRAFT, State.WITHDRAWN))
    if districts := user.scopes(PlatformRole.ENDORSER):
        mine |= Q(owner__district__code__in=districts) & ~Q(state=State.DRAFT)
    if user.has_role(PlatformRole.EXPERT):
        mine |= Q(pk__in=Appraisal.objects.filter(expert=user).values("need"))
    return with_parts(TechNeed.objects.filter(mine)).order_by("-pk")


def to_endorse(user: User) -> QuerySet[TechNeed]:
    """Return what waits for this endorser, oldest first."""
    districts = user.scopes(PlatformRole.ENDORSER)
    waiting = TechNeed.objects.filter(state=State.SUBMITTED, owner__district__code__in=districts)
    return with_parts(waiting).order_by("pk")


def in_state(*states: State) -> QuerySet[TechNeed]:
    """Return the needs in one of these states, oldest first, with their appraisal counts."""
    return (
        with_parts(TechNeed.objects.filter(state__in=states))
        .annotate(
            asked=Count("appraisals"),
            answered=Count("appraisals", filter=~Q(appraisals__submitted_at=None)),
        )
        .order_by("pk")
    )


def to_edit(user: User) -> QuerySet[TechNeed]:
    """Return the drafts and returned needs of the units this person writes for."""
    writers = {MemberRole.ADMINISTRATOR, MemberRole.EDITOR}
    mine = [pk for pk, role in units.roles_of(user).items() if role in writers]
    waiting = TechNeed.objects.filter(owner__in=mine, state__in=(State.DRAFT, State.RETURNED))
    return with_parts(waiting).order_by("-pk")


def appraisals_of(user: User, *, done: bool = False) -> QuerySet[Appraisal]:
    """Return the expert's appraisals: those to write, or those written."""
    mine = Appraisal.objects.filter(expert=user).select_related("need__owner", "need__tech_field")
    if done:
        return mine.exclude(submitted_at=None).order_by("-submitted_at")
    return mine.filter(submitted_at=None, need__state=State.APPRAISAL).order_by("due_at", "pk")


def appraisals_for(need: TechNeed) -> QuerySet[Appraisal]:
    """Return the appraisals of the version at hand."""
    return need.appraisals.filter(version=need.version).select_related("expert").order_by("pk")


def appraisal_result(need: TechNeed) -> tuple[int, Decimal | None]:
    """Return how many experts have appraised the version at hand, and their mean total."""
    done = need.appraisals.filter(version=need.version).exclude(submitted_at=None)
    found = done.aggregate(count=Count("pk"), mean=Avg("total"))
    mean = found["mean"]
    return found["count"], None if mean is None else Decimal(mean).quantize(Decimal("0.01"))


def required_appraisals(call: Call | None) -> int:
    """Return how many experts the call asks for; one where it does not say."""
    return int(rules_of(call).get(RuleCode.APPRAISALS_REQUIRED, 1))


def pass_mark(call: Call | None) -> Decimal:
    """Return the mean total that admits a need; 60 where the call does not say."""
    return rules_of(call).get(RuleCode.PASS_MARK, Decimal(60))


def lapsed() -> QuerySet[TechNeed]:
    """Return library needs whose validity ended before today."""
    return TechNeed.objects.filter(state=State.IN_LIBRARY, valid_until__lt=clock.today())


def barred(need: TechNeed) -> dict[int, str]:
    """Return, by the key of a user, whom the floors above bar from appraising it, and why."""
    answers: list[Any] = [found for _, found in appraisers_weighed.send(TechNeed, need=need)]
    return {key: why for found in answers for key, why in found.items()}
