"""What an officer types about a commission, and the filter of their list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from jiebang.commissions.models import Commission
from jiebang.commissions.states import Cause, Kind, Stance, State
from jiebang.library.models import TechNeed
from jiebang.organizations.models import Organization
from jiebang.organizations.states import State as UnitState
from jiebang.web.board_filters import ListFilter
from jiebang.web.forms import MoneyField, ServiceForm

OFFERED_UNITS = 200  # in the browser's own list; any other name can be typed


class UnitField(forms.CharField):
    """A verified unit by its full name or its credit code; the page offers some in a datalist."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"})
        super().__init__(**{"max_length": 80, "widget": widget, **options})

    def clean(self, value: Any) -> Any:
        """Return the unit, or None where nothing was typed."""
        text = super().clean(value)
        if not text:
            return None
        known = Organization.objects.filter(Q(name=text) | Q(uscc=text))
        unit = known.filter(state=UnitState.VERIFIED).first()
        if unit is None:
            raise ValidationError("没有找到这家已核验单位，请填写单位全称或统一社会信用代码")
        return unit

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows."""
        return value.name if isinstance(value, Organization) else value


class NeedsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Needs of the library, several at once."""

    def label_from_instance(self, obj: Any) -> str:
        """Return title and number."""
        return f"{obj.title}（{obj.number}）"


class CommissionForm(ServiceForm):
    """What is commissioned to whom, why, for how much."""

    units = {"term_months": "个月"}
    kind = forms.ChoiceField(label="委托类型", choices=Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="委托名称", max_length=80)
    needs = NeedsField(
        TechNeed.objects.none(),
        label="委托的需求",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="单项委托选一项。整体打包不在这里选，在下面各子课题里选。",
    )
    candidate = UnitField(label="拟受托（牵头）单位")
    applicant = UnitField(
        label="申请单位",
        required=False,
        help_text="链主或龙头企业申请的填写，科技局提出的留空。",
    )
    cause = forms.ChoiceField(
        label="定向事由", choices=[("", "请选择"), *Cause.choices], required=False
    )
    reason = forms.CharField(
        label="为什么不宜公开张榜",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="理由将随公示对外公开，请勿写入涉密内容。",
    )
    amount = MoneyField(label="委托金额")
    grant = MoneyField(label="其中财政补助", required=False, initial=0)
    term_months = forms.IntegerField(label="实施期限", min_value=1, max_value=120)

    def __init__(self, *args: Any, needs: QuerySet[TechNeed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needs"].queryset = needs  # type: ignore[attr-defined]


class PartForm(ServiceForm):
    """A sub-project of a package."""

    title = forms.CharField(label="子课题名称", max_length=80)
    needs = NeedsField(
        TechNeed.objects.none(), label="对应需求", widget=forms.SelectMultiple(attrs={"size": 3})
    )
    unit = UnitField(label="承担单位")
    amount = MoneyField(label="金额（万元）")

    def __init__(self, *args: Any, needs: QuerySet[TechNeed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needs"].queryset = needs  # type: ignore[attr-defined]


class MemberForm(ServiceForm):
    """A unit of the consortium."""

    unit = UnitField(label="单位")
    task = forms.CharField(label="任务分工", max_length=200)
    share = MoneyField(label="经费（万元）")


class CommissionMinutesForm(ServiceForm):
    """The record of the collective decision."""

    minutes_number = forms.CharField(label="会议纪要编号", max_length=60)
    minutes_on = forms.DateField(label="会议日期")
    members = forms.CharField(
        label="审议人员",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一人，或用顿号隔开。",
    )


class StanceForm(ServiceForm):
    """What an expert says of competition."""

    stance = forms.ChoiceField(label="意见", choices=Stance.choices, widget=forms.RadioSelect)
    text = forms.CharField(label="理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))


class CommissionFilter(ListFilter):
    """Words and cause of the commissions; the state is a tab."""

    q = forms.CharField(label="委托名称或单位", required=False, max_length=80)
    cause = forms.ChoiceField(
        label="定向事由", required=False, choices=[("", "全部"), *Cause.choices]
    )
    state = forms.ChoiceField(
        required=False, choices=[("", ""), *State.choices], widget=forms.HiddenInput
    )

    def apply(self, rows: QuerySet[Commission]) -> QuerySet[Commission]:
        """Return the commissions that the filters leave, in whatever state."""
        if text := self.value("q"):
            rows = rows.filter(Q(title__icontains=text) | Q(candidate__name__icontains=text))
        if cause := self.value("cause"):
            rows = rows.filter(cause=cause)
        return rows

    def of_state(self, rows: QuerySet[Commission]) -> QuerySet[Commission]:
        """Return those of the chosen tab."""
        state = self.value("state")
        return rows.filter(state=state) if state else rows


def unit_names(*first: Organization | None) -> list[str]:
    """Return names for the browser to offer, these first."""
    verified = Organization.objects.filter(state=UnitState.VERIFIED).order_by("name", "pk")
    named = [unit.name for unit in first if unit is not None]
    return list(dict.fromkeys([*named, *verified.values_list("name", flat=True)[:OFFERED_UNITS]]))


def initial_of(commission: Commission) -> dict[str, Any]:
    """Return what the form shows of a draft."""
    names = ("kind", "title", "candidate", "applicant", "cause", "reason", "amount", "grant")
    shown = {name: getattr(commission, name) for name in (*names, "term_months")}
    single = commission.kind == Kind.SINGLE
    return {**shown, "needs": [need.pk for need in commission.needs] if single else []}


def rows_of(commission: Commission) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return sub-projects and members as the row sets show them."""
    parts = [
        {
            "title": part.title,
            "unit": part.unit,
            "amount": part.amount,
            "needs": [item.need_id for item in part.items.all()],
        }
        for part in commission.parts.all()
    ]
    members = [
        {"unit": row.unit, "task": row.task, "share": row.share}
        for row in commission.consortium.all()
    ]
    return parts, members


def named(rows: Iterable[str]) -> list[str]:
    """Return the names of people typed one a line or with 、 between them."""
    return [name.strip() for row in rows for name in row.replace("、", "\n").split("\n")]
