"""Questions asked of commissions: what a call sets, what waits, what is public."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from jiebang.accounts.models import User
from jiebang.approvals.hearings import days_left as days_left
from jiebang.approvals.states import ObjectionState
from jiebang.commissions.models import Commission, Objection, Opinion, Version
from jiebang.commissions.policies import READERS
from jiebang.commissions.states import PUBLIC, State
from jiebang.common import clock
from jiebang.library import queries as library
from jiebang.library.models import Call
from jiebang.library.states import RuleCode


@dataclass(frozen=True, slots=True)
class Rules:
    """What a call sets for commissions; what it leaves open is as here."""

    reason_length: int = 50
    opinions: int = 1
    years: int = 3
    count_share: Decimal = Decimal(30)
    money_share: Decimal = Decimal(30)
    related_barred: bool = False
    members: int = 3
    notice_days: int = 5
    reply_days: int = 5
    text_length: int = 20


def rules_of(call: Call) -> Rules:
    """Return the rules of the call. One query."""
    kept, usual = library.rules_of(call), Rules()

    def number(code: RuleCode, other: int) -> int:
        return int(kept.get(code, other))

    return Rules(
        reason_length=number(RuleCode.COMMISSION_REASON_LENGTH, usual.reason_length),
        opinions=number(RuleCode.COMMISSION_OPINIONS, usual.opinions),
        years=number(RuleCode.COMMISSION_YEARS, usual.years),
        count_share=kept.get(RuleCode.COMMISSION_COUNT_SHARE, usual.count_share),
        money_share=kept.get(RuleCode.COMMISSION_MONEY_SHARE, usual.money_share),
        related_barred=bool(kept.get(RuleCode.COMMISSION_RELATED_BARRED, 0)),
        members=number(RuleCode.COMMISSION_MEMBERS, usual.members),
        notice_days=number(RuleCode.COMMISSION_NOTICE_DAYS, usual.notice_days),
        reply_days=number(RuleCode.COMMISSION_REPLY_DAYS, usual.reply_days),
        text_length=number(RuleCode.COMMISSION_TEXT_LENGTH, usual.text_length),
    )


def commissions() -> QuerySet[Commission]:
    """Return the commissions with what their rows and pages show, newest first."""
    return (
        Commission.objects.select_related(
            "call", "candidate", "applicant", "proposed_by", "approved_by", "confirmed_by"
        )
        .prefetch_related(
            "items__need__owner", "consortium__unit", "parts__unit", "parts__items__need"
        )
        .order_by("-pk")
    )


def visible_to(user: User | None) -> QuerySet[Commission]:
    """Return the commissions this person may know of: all for the bureau, else what is public."""
    if isinstance(user, User) and user.has_role(*READERS):
        return commissions()
    return notices()


def notices() -> QuerySet[Commission]:
    """Return what is or was under public notice and was not cancelled, newest first."""
    return commissions().filter(state__in=PUBLIC).order_by("-published_at", "-pk")


def waiting(*states: str) -> QuerySet[Commission]:
    """Return the commissions in one of these states, oldest first."""
    return commissions().filter(state__in=states).order_by("pk")


def due(today: date | None = None) -> QuerySet[Commission]:
    """Return the notices that have run their days."""
    day = today or clock.today()
    return Commission.objects.filter(state=State.NOTICE, notice_ends_on__lt=day).order_by("pk")


def frozen(commission: Commission) -> Version | None:
    """Return the newest version that was proposed."""
    return commission.versions.order_by("-number").first()


def opinions_of(user: User, *, done: bool = False) -> QuerySet[Opinion]:
    """Return what an expert is asked about commissions, or what they answered."""
    rows = Opinion.objects.filter(expert__user=user, answered_at__isnull=not done)
    open_ones = rows if done else rows.filter(commission__state__in=(State.DRAFT, State.RETURNED))
    return open_ones.select_related("commission__candidate", "expert__user").order_by("pk")


def opinions_visible_to(user: User) -> QuerySet[Opinion]:
    """Return the opinions this person may read: all for the bureau, one's own for an expert."""
    rows = Opinion.objects.select_related("commission__candidate", "expert__user").order_by("-pk")
    return rows if user.has_role(*READERS) else rows.filter(expert__user=user)


def objections_visible_to(user: User) -> QuerySet[Objection]:
    """Return the objections this person may read: all for the bureau, one's own for others."""
    rows = Objection.objects.select_related("commission", "unit", "objector").order_by("-pk")
    return rows if user.has_role(*READERS) else rows.filter(objector=user)


def unanswered() -> QuerySet[Objection]:
    """Return the objections that wait for an answer, first due on top."""
    rows = Objection.objects.filter(state=ObjectionState.RECEIVED)
    return rows.select_related("commission").order_by("reply_by", "pk")
