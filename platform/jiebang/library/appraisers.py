"""Who could appraise a need, and who may not and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import Decision
from jiebang.library import policies, queries
from jiebang.library.models import Appraisal, TechNeed
from jiebang.library.states import State
from jiebang.organizations.models import Membership


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert: where from, what fields appraised before, how much is on the desk, and may it be.

    `asked` says that this version of the need lies with the expert already.
    """

    expert: User
    units: list[str]
    fields: list[str]
    open_count: int
    asked: bool
    decision: Decision

    @property
    def free(self) -> bool:
        """Say whether the expert can be asked."""
        return bool(self.decision) and not self.asked


def candidates(need: TechNeed) -> list[Candidate]:
    """Return the expert pool: who can be asked first, the least burdened on top."""
    found = sorted(_pool(need), key=lambda each: (not each.free, each.open_count, each.expert.pk))
    return found


def _pool(need: TechNeed) -> Iterator[Candidate]:
    this = set(need.appraisals.filter(version=need.version).values_list("expert", flat=True))
    written = Appraisal.objects.exclude(submitted_at=None).select_related(
        "need__tech_field__parent"
    )
    members = Membership.objects.filter(active=True).select_related("organization")
    waiting = Q(appraisals__submitted_at=None, appraisals__need__state=State.APPRAISAL)
    experts = (
        User.objects.filter(role_grants__role=PlatformRole.EXPERT, is_active=True)
        .annotate(open_count=Count("appraisals", filter=waiting, distinct=True))
        .prefetch_related(
            Prefetch("memberships", members), Prefetch("appraisals", written.order_by("-pk"))
        )
    )
    barred = queries.barred(need)
    for expert in experts:
        places = list(expert.memberships.all())
        # What was fetched for all answers the policy for each, in place of two queries more.
        expert.__dict__["_roles"] = {PlatformRole.EXPERT: {""}}
        expert.__dict__["_unit_roles"] = {place.organization_id: place.role for place in places}
        yield Candidate(
            expert,
            [place.organization.name for place in places],
            _fields(list(expert.appraisals.all())),
            expert.open_count,
            expert.pk in this,
            policies.may_be_appraiser(expert, need, barred),
        )


def _fields(written: list[Appraisal]) -> list[str]:
    fields = (appraisal.need.tech_field for appraisal in written)
    names = (str(field.parent or field) for field in fields if field)
    return list(dict.fromkeys(names))[:3]
