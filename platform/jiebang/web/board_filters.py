"""The filters of the public lists; every one of them is in the address."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from jiebang.achievements import queries as achievements
from jiebang.achievements.models import Achievement
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import ON_THE_BOARD, State
from jiebang.common import clock
from jiebang.organizations.models import Organization
from jiebang.organizations.states import Kind, QualificationKind
from jiebang.recommendations import board
from jiebang.taxonomy import queries as taxonomy

BUDGETS: Mapping[str, tuple[str, Q]] = {
    "under-300": ("300 万元以下", Q(bounty__lt=Decimal(300))),
    "300-500": ("300 至 500 万元", Q(bounty__gte=Decimal(300), bounty__lt=Decimal(500))),
    "500-1000": ("500 至 1000 万元", Q(bounty__gte=Decimal(500), bounty__lt=Decimal(1000))),
    "over-1000": ("1000 万元以上", Q(bounty__gte=Decimal(1000))),
    "open": ("面议", Q(bounty=None)),
}
DEADLINES = {"7": "7 天内截止", "30": "30 天内截止"}
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "newest": ("最新张榜", ("-opens_at", "-pk")),
    "deadline": ("最早截止", ("closes_at", "pk")),
    "bounty": ("金额最高", ("-bounty", "-pk")),
}


def _fields() -> list[tuple[str, Any]]:
    groups: list[tuple[str, Any]] = [("", "全部领域")]
    for field in taxonomy.field_tree():
        below = [(child.code, child.name) for child in field.children.all()]
        groups.append((field.name, [(field.code, f"{field.name}（全部）"), *below]))
    return groups


def _districts() -> list[tuple[str, str]]:
    return [("", "全部镇街"), *((d.code, d.name) for d in taxonomy.districts())]


class ListFilter(forms.Form):
    """A GET form over a list; what is not understood is left out."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data or None, label_suffix="")

    def value(self, name: str) -> str:
        """Return what was chosen, or an empty text."""
        if not self.is_bound:
            return ""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


class BoardFilter(ListFilter):
    """Field, district, money, state, deadline, words and order of the board."""

    q = forms.CharField(
        label="搜索榜题",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "您要解决什么技术难题？您能解决什么？"}),
    )
    field = forms.ChoiceField(label="技术领域", required=False, choices=_fields)
    district = forms.ChoiceField(label="镇街（园区）", required=False, choices=_districts)
    budget = forms.ChoiceField(
        label="榜单金额",
        required=False,
        choices=[("", "不限"), *((code, label) for code, (label, _) in BUDGETS.items())],
    )
    status = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *((s.value, s.label) for s in State if s in ON_THE_BOARD)],
    )
    deadline = forms.ChoiceField(
        label="截止时间", required=False, choices=[("", "不限"), *DEADLINES.items()]
    )
    sort = forms.ChoiceField(
        label="排序",
        required=False,
        choices=[("", "默认"), *((code, label) for code, (label, _) in SORTS.items())],
        help_text="默认：搜索时最相符的在前，否则最新张榜的在前",
    )

    def apply(self, rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
        """Return the rows that the filters leave, in the chosen order."""
        if code := self.value("field"):
            rows = rows.filter(tech_field__in=taxonomy.fields_under(code))
        if code := self.value("district"):
            rows = rows.filter(district__code=code)
        if code := self.value("budget"):
            rows = rows.filter(BUDGETS[code][1])
        if status := self.value("status"):
            rows = rows.filter(challenges.standing(State(status)))
        if days := self.value("deadline"):
            now = clock.now()
            rows = rows.filter(closes_at__gt=now, closes_at__lte=now + timedelta(days=int(days)))
        text, sort = self.value("q"), self.value("sort")
        if text and not sort:
            return board.search(rows, text)
        return board.search(rows, text, ranked=False).order_by(*SORTS[sort or "newest"][1])


class AchievementFilter(ListFilter):
    """Words, field, form and maturity of the results on offer."""

    q = forms.CharField(label="搜索成果", required=False, max_length=100)
    field = forms.ChoiceField(label="技术领域", required=False, choices=_fields)
    form = forms.ChoiceField(
        label="体现形式", required=False, choices=[("", "全部"), *Achievement.Form.choices]
    )
    trl = forms.ChoiceField(
        label="技术就绪度",
        required=False,
        choices=[("", "不限"), ("1", "1 至 3 级"), ("4", "4 至 6 级"), ("7", "7 至 9 级")],
    )

    def apply(self, rows: QuerySet[Achievement]) -> QuerySet[Achievement]:
        """Return the rows that the filters leave."""
        rows = achievements.search(rows, self.value("q"))
        if code := self.value("field"):
            rows = rows.filter(tech_field__in=taxonomy.fields_under(code))
        if form := self.value("form"):
            rows = rows.filter(form=form)
        if lowest := self.value("trl"):
            rows = rows.filter(trl__range=(int(lowest), int(lowest) + 2))
        return rows


class UnitFilter(ListFilter):
    """Words, kind, district, title and chain of the verified units."""

    q = forms.CharField(label="搜索单位", required=False, max_length=80)
    kind = forms.ChoiceField(
        label="单位性质", required=False, choices=[("", "全部"), *Kind.choices]
    )
    district = forms.ChoiceField(label="镇街（园区）", required=False, choices=_districts)
    qualification = forms.ChoiceField(
        label="资质", required=False, choices=[("", "不限"), *QualificationKind.choices]
    )
    chain = forms.ChoiceField(
        label="产业链",
        required=False,
        choices=lambda: [("", "全部"), *((c.code, c.name) for c in taxonomy.chains())],
    )

    def apply(self, rows: QuerySet[Organization]) -> QuerySet[Organization]:
        """Return the rows that the filters leave."""
        if text := self.value("q"):
            columns = ("name", "main_business", "intro")
            rows = rows.filter(Q(*((f"{c}__icontains", text) for c in columns), _connector=Q.OR))
        wanted: list[tuple[str, Callable[[str], Q]]] = [
            ("kind", lambda v: Q(kind=v)),
            ("district", lambda v: Q(district__code=v)),
            ("qualification", lambda v: Q(qualifications__kind=v)),
            ("chain", lambda v: Q(chain__code=v)),
        ]
        for name, condition in wanted:
            if value := self.value(name):
                rows = rows.filter(condition(value))
        return rows
