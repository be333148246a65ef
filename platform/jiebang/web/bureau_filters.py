"""The filters of the bureau's lists; every one of them is in the address."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiebang.acceptance.models import Acceptance, Assessment, Member, PanelDraw
from jiebang.achievements.models import Achievement
from jiebang.audit.models import Entry
from jiebang.awards.models import Award
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.commissions.models import Commission
from jiebang.contracts import queries as contracts
from jiebang.contracts.models import Contract, Milestone
from jiebang.contracts.states import MilestoneState
from jiebang.contracts.states import State as ContractState
from jiebang.experts.models import Draw, Expert, Seat, Waiver
from jiebang.library.models import Appraisal, Call, TechNeed
from jiebang.library.states import COLLECTED
from jiebang.library.states import State as NeedState
from jiebang.organizations.models import Organization
from jiebang.organizations.states import Kind, QualificationKind
from jiebang.organizations.states import State as UnitState
from jiebang.proposals.models import Proposal
from jiebang.stats import waiting
from jiebang.stats.stages import Stage, reached
from jiebang.taxonomy import queries as taxonomy
from jiebang.web.board_filters import ListFilter
from jiebang.web.forms import DayInput
from jiebang.web.listing import address

Choices = list[tuple[str, str]]
# What the record speaks of, in the order of the process.
RECORDED: tuple[type[Model], ...] = (
    Organization,
    Call,
    TechNeed,
    Challenge,
    Proposal,
    Expert,
    Draw,
    Seat,
    Waiver,
    Award,
    Commission,
    Contract,
    Milestone,
    Acceptance,
    PanelDraw,
    Member,
    Assessment,
    Achievement,
)


def tabs(
    page: str, form: ListFilter, states: Mapping[str, str], counts: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return a tab for each state with its count; the first one, without a state, is for all."""
    query = {name: form.value(name) for name in form.fields}
    return [
        {
            "label": label,
            "count": counts.get(state, 0) if state else sum(counts.values()),
            "url": address(page, **{**query, "state": state}),
            "active": form.value("state") == state,
        }
        for state, label in {"": "全部", **states}.items()
    ]


def counted(rows: QuerySet[Any]) -> dict[str, int]:
    """Return how many rows are in each state. One query."""
    return dict(rows.order_by().values_list("state").annotate(Count("pk", distinct=True)))


def _fields() -> Choices:
    return [("", "全部领域"), *((field.code, field.name) for field in taxonomy.field_tree())]


def _districts() -> Choices:
    return [("", "全部镇街"), *((d.code, d.name) for d in taxonomy.districts())]


def _calls() -> Choices:
    return [("", "全部批次"), *((str(call.pk), call.name) for call in Call.objects.all())]


def _kinds() -> Choices:
    names = [(m._meta.label_lower, str(m._meta.verbose_name)) for m in RECORDED]
    return [("", "全部"), *names]


def _call() -> forms.ChoiceField:
    return forms.ChoiceField(label="批次", required=False, choices=_calls)


def _state(choices: Iterable[tuple[str, Any]]) -> forms.ChoiceField:
    """Return the field behind the tabs."""
    return forms.ChoiceField(required=False, choices=[("", ""), *choices], widget=forms.HiddenInput)


class CallFilter(ListFilter):
    """Which call the figures are of."""

    call = _call()

    @property
    def chosen(self) -> Call | None:
        """Return the call that was chosen, or None for all of them."""
        key = self.value("call")
        return Call.objects.get(pk=key) if key else None


class AgeFilter(CallFilter):
    """Which of the unclaimed, by where they wait and for how long."""

    where = forms.ChoiceField(
        label="范围",
        required=False,
        choices=[("", "榜上无人揭榜"), ("library", "入库未张榜")],
    )
    age = forms.ChoiceField(
        label="已等待",
        required=False,
        choices=[("", "不限"), *((str(n), label) for n, (_, label) in enumerate(waiting.AGES))],
    )
    field_order = ("where", "age", "call")

    def rows(self) -> QuerySet[Any]:
        """Return what was asked for, the oldest first."""
        asked = waiting.unposted if self.value("where") else waiting.unbid
        age = self.value("age")
        return waiting.of_age(asked(self.chosen), int(age)) if age else asked(self.chosen)


class UnitFilter(ListFilter):
    """Words, kind and title of the units; the state is chosen by a tab."""

    q = forms.CharField(label="单位名称或统一社会信用代码", required=False, max_length=80)
    kind = forms.ChoiceField(
        label="单位性质", required=False, choices=[("", "全部"), *Kind.choices]
    )
    title = forms.ChoiceField(
        label="资质", required=False, choices=[("", "不限"), *QualificationKind.choices]
    )
    state = _state(UnitState.choices)

    def apply(self, rows: QuerySet[Organization]) -> QuerySet[Organization]:
        """Return the units that the filters leave, in whatever state."""
        if text := self.value("q"):
            rows = rows.filter(Q(name__icontains=text) | Q(uscc__icontains=text))
        if kind := self.value("kind"):
            rows = rows.filter(kind=kind)
        if title := self.value("title"):
            rows = rows.filter(qualifications__kind=title)
        return rows

    def of_state(self, rows: QuerySet[Organization]) -> QuerySet[Organization]:
        """Return those of the chosen tab; what waits for the bureau stands oldest first."""
        state = self.value("state")
        rows = rows.annotate(since=waiting.since(Organization))
        rows = rows.filter(state=state) if state else rows
        return rows.order_by("since", "pk") if state == UnitState.PENDING else rows


NEED_STATES = {state.value: str(state.label) for state in NeedState if state in COLLECTED}
APPRAISAL: Mapping[str, tuple[str, Q]] = {
    "none": ("尚未分派", Q(asked=0)),
    "asked": ("论证中", Q(asked__gt=0)),
    "answered": ("意见已齐", Q(asked__gt=0, unanswered=0)),
}


class NeedFilter(ListFilter):
    """Words, field, district, call, stage and appraisal of the needs; the state is a tab."""

    q = forms.CharField(label="需求名称或单位", required=False, max_length=80)
    field = forms.ChoiceField(label="技术领域", required=False, choices=_fields)
    district = forms.ChoiceField(label="镇街（园区）", required=False, choices=_districts)
    call = _call()
    reached = forms.ChoiceField(
        label="走到",
        required=False,
        choices=[("", "不限"), *((stage.value, f"已{stage.label}") for stage in Stage)],
    )
    appraisal = forms.ChoiceField(
        label="论证",
        required=False,
        choices=[("", "不限"), *((code, label) for code, (label, _) in APPRAISAL.items())],
    )
    state = _state(NEED_STATES.items())

    def apply(self, rows: QuerySet[TechNeed]) -> QuerySet[TechNeed]:
        """Return the needs that the filters leave, in whatever state."""
        if text := self.value("q"):
            name = Q(owner__name__icontains=text) | Q(source_unit__icontains=text)
            rows = rows.filter(Q(title__icontains=text) | name)
        if code := self.value("field"):
            rows = rows.filter(tech_field__in=taxonomy.fields_under(code))
        if code := self.value("district"):
            rows = rows.filter(owner__district__code=code)
        if key := self.value("call"):
            rows = rows.filter(call=int(key))
        if stage := self.value("reached"):
            rows = rows.filter(reached(Stage(stage)))
        if code := self.value("appraisal"):
            rows = with_appraisals(rows).filter(APPRAISAL[code][1])
        return rows

    def of_state(self, rows: QuerySet[TechNeed]) -> QuerySet[TechNeed]:
        """Return those of the chosen tab, oldest in their state first; of all, newest first."""
        state = self.value("state")
        rows = with_appraisals(rows).annotate(since=waiting.since(TechNeed))
        return rows.filter(state=state).order_by("since", "pk") if state else rows


def with_appraisals(rows: QuerySet[TechNeed]) -> QuerySet[TechNeed]:
    """Add how many experts were asked about the version at hand, and how many still write."""
    asked = Appraisal.objects.filter(need=OuterRef("pk"), version=OuterRef("version"))
    return rows.annotate(asked=_count(asked), unanswered=_count(asked.filter(submitted_at=None)))


def _count(rows: QuerySet[Appraisal]) -> Any:
    counted = rows.order_by().values("need").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


class ChallengeFilter(ListFilter):
    """Words, field and call of the challenges; the state is a tab and holds by the clock."""

    q = forms.CharField(label="榜题", required=False, max_length=80)
    field = forms.ChoiceField(label="技术领域", required=False, choices=_fields)
    call = _call()
    state = _state(ChallengeState.choices)

    def apply(self, rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
        """Return the challenges that the filters leave, in whatever state."""
        if text := self.value("q"):
            rows = challenges.matching_text(rows, text)
        if code := self.value("field"):
            rows = rows.filter(tech_field__in=taxonomy.fields_under(code))
        if key := self.value("call"):
            rows = rows.filter(call=int(key))
        return rows

    def of_state(self, rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
        """Return those of the chosen tab; what waits for an award stands longest first."""
        state = self.value("state")
        if not state:
            return rows
        rows = rows.filter(challenges.standing(ChallengeState(state)))
        forward = (ChallengeState.SCHEDULED, ChallengeState.OPEN, ChallengeState.CLOSED)
        return rows.order_by("closes_at", "pk") if state in forward else rows


class ContractFilter(ListFilter):
    """Words and milestones of the contracts; the state is a tab."""

    q = forms.CharField(label="合同名称或单位", required=False, max_length=80)
    milestone = forms.ChoiceField(
        label="里程碑",
        required=False,
        choices=[("", "不限"), ("late", "有逾期"), ("reported", "有待确认")],
    )
    state = _state(ContractState.choices)

    def apply(self, rows: QuerySet[Contract]) -> QuerySet[Contract]:
        """Return the contracts that the filters leave, in whatever state."""
        if text := self.value("q"):
            names = Q(poster__name__icontains=text) | Q(solver__name__icontains=text)
            rows = rows.filter(Q(title__icontains=text) | names)
        match self.value("milestone"):
            case "late":
                rows = rows.filter(Exists(contracts.late().filter(contract=OuterRef("pk"))))
            case "reported":
                waiting_ones = Milestone.objects.filter(
                    contract=OuterRef("pk"), state=MilestoneState.REPORTED
                )
                rows = rows.filter(Exists(waiting_ones), state=ContractState.RUNNING)
        return rows

    def of_state(self, rows: QuerySet[Contract]) -> QuerySet[Contract]:
        """Return those of the chosen tab."""
        state = self.value("state")
        return rows.filter(state=state) if state else rows


class EntryFilter(ListFilter):
    """Person, kind of thing, action and days of the record."""

    q = forms.CharField(label="操作人、动作或意见", required=False, max_length=80)
    kind = forms.ChoiceField(label="对象", required=False, choices=_kinds)
    thing = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    begins = forms.DateField(label="从", required=False, widget=DayInput)
    ends = forms.DateField(label="到", required=False, widget=DayInput)

    def apply(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """Return the entries that the filters leave."""
        if text := self.value("q"):
            rows = rows.filter(
                Q(actor_name__icontains=text) | Q(label__icontains=text) | Q(note__icontains=text)
            )
        if kind := self.value("kind"):
            rows = rows.filter(thing_type=kind)
        if key := self.value("thing"):
            rows = rows.filter(thing_id=key)
        if first := self.value("begins"):
            rows = rows.filter(at__date__gte=first)
        if last := self.value("ends"):
            rows = rows.filter(at__date__lte=last)
        return rows
