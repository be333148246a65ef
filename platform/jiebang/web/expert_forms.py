"""The forms about experts: profile and ties, the pool's filters, draws, rules, exceptions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms import formset_factory

from jiebang.accounts.models import User
from jiebang.experts.models import Expert, PanelRules
from jiebang.experts.services import RULES
from jiebang.experts.states import Availability, TieKind
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.taxonomy import queries as taxonomy
from jiebang.taxonomy.models import TechField
from jiebang.web.board_filters import ListFilter
from jiebang.web.forms import ServiceForm

PROFILE = ("title", "unit_name", "keywords", "profile", "availability", "away_until")
TIE = ("kind", "unit_name", "person", "year", "note")


def _fields() -> list[tuple[str, Any]]:
    groups: list[tuple[str, Any]] = []
    for field in taxonomy.field_tree():
        below = [(child.code, child.name) for child in field.children.all()]
        groups.append((field.name, [(field.code, f"{field.name}（综合）"), *below]))
    return groups


class ProfileForm(ServiceForm):
    """What an expert's profile says."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label="职称", required=False, max_length=40)
    unit_name = forms.CharField(
        label="所在单位",
        max_length=80,
        help_text="请填写全称；与平台登记的单位同名时自动关联。",
    )
    tech_fields = forms.MultipleChoiceField(
        label="技术领域", choices=_fields, widget=forms.SelectMultiple(attrs={"size": 8})
    )
    keywords = forms.CharField(
        label="研究方向", required=False, max_length=200, help_text="用逗号分开。"
    )
    profile = forms.CharField(
        label="专业简介",
        required=False,
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="统筹分派按研究方向和简介衡量与需求的契合度。",
    )
    availability = forms.ChoiceField(label="能否参加", choices=Availability.choices)
    away_until = forms.DateField(label="暂不参加至", required=False)

    @staticmethod
    def initial_of(expert: Expert) -> dict[str, Any]:
        """Return what the form shows of a profile."""
        values = {name: getattr(expert, name) for name in PROFILE}
        codes = [field.code for field in expert.fields.all()]
        return {**values, "tech_fields": codes, "revision": expert.revision}

    def content(self) -> dict[str, Any]:
        """Return the columns; the service finds the unit by its name where it is registered."""
        return {"unit": None, **{name: self.cleaned_data[name] for name in PROFILE}}

    def chosen(self) -> list[TechField]:
        """Return the technical fields."""
        return list(TechField.objects.filter(code__in=self.cleaned_data["tech_fields"]))


class TieForm(ServiceForm):
    """One tie to a unit or a person."""

    kind = forms.ChoiceField(label="关系", choices=TieKind.choices)
    unit_name = forms.CharField(label="单位", required=False, max_length=80)
    person = forms.CharField(label="姓名", required=False, max_length=40)
    year = forms.IntegerField(
        label="最近年份", required=False, min_value=1950, max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(label="说明", required=False, max_length=200)

    def has_changed(self) -> bool:
        """Say whether a unit, a person or a remark was typed: the kind alone is no row."""
        typed = ("unit_name", "person", "year", "note")
        return any(self.data.get(self.add_prefix(name)) for name in typed)


TieFormSet = formset_factory(TieForm, extra=3, max_num=100)


def ties_of(expert: Expert) -> list[dict[str, Any]]:
    """Return the rows of a profile."""
    return [{name: getattr(tie, name) for name in TIE} for tie in expert.ties.all()]


def typed_ties(rows: Any) -> list[dict[str, Any]]:
    """Return the rows in which something was typed."""
    return [{name: row.cleaned_data[name] for name in TIE} for row in rows if row.has_changed()]


class EnrolForm(ProfileForm):
    """A profile for somebody who has the role and no profile."""

    user = forms.ModelChoiceField(User.objects.none(), label="专家账号")
    field_order = ("user",)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["user"]
        choice.queryset = people


class PoolFilter(ListFilter):
    """Words and field of the experts; availability is chosen by a tab."""

    q = forms.CharField(label="姓名、单位或研究方向", required=False, max_length=80)
    field = forms.ChoiceField(
        label="技术领域", required=False, choices=lambda: [("", "全部领域"), *_fields()]
    )
    state = forms.ChoiceField(
        required=False, choices=[("", ""), *Availability.choices], widget=forms.HiddenInput
    )

    def apply(self, rows: QuerySet[Expert]) -> QuerySet[Expert]:
        """Return the experts that the filters leave, available or not."""
        if text := self.value("q"):
            named = Q(user__display_name__icontains=text) | Q(unit_name__icontains=text)
            rows = rows.filter(named | Q(keywords__icontains=text))
        if code := self.value("field"):
            wanted = Expert.objects.filter(fields__in=taxonomy.fields_under(code))
            rows = rows.filter(pk__in=wanted.values("pk"))
        return rows

    def of_state(self, rows: QuerySet[Expert]) -> QuerySet[Expert]:
        """Return those of the chosen tab."""
        state = self.value("state")
        return rows.filter(availability=state) if state else rows


class RelationForm(ServiceForm):
    """Two units and what makes them one."""

    one = forms.ModelChoiceField(Organization.objects.none(), label="单位")
    other = forms.ModelChoiceField(Organization.objects.none(), label="关联单位")
    basis = forms.CharField(label="关联依据", max_length=100, help_text="如控股、同一实际控制人。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("one", "other"):
            choice: Any = self.fields[name]
            choice.queryset = units.in_public()


class QuotaForm(ServiceForm):
    """How many experts of which field."""

    field = forms.ChoiceField(
        label="技术领域", required=False, choices=lambda: [("", "不限领域"), *_fields()]
    )
    count = forms.IntegerField(
        label="人数", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


QuotaFormSet = formset_factory(QuotaForm, extra=3, max_num=10)


def typed_quotas(rows: Any) -> list[dict[str, Any]]:
    """Return the quotas with a count."""
    return [
        {"field": row.cleaned_data["field"], "count": row.cleaned_data["count"]}
        for row in rows
        if row.cleaned_data.get("count")
    ]


class RulesForm(ServiceForm):
    """What a call asks of its panels."""

    units = {
        "cooling_years": "年", "panel_size": "人", "most_of_a_unit": "人", "load_least": "件",
        "load_most": "件", "answer_days": "天", "review_days": "天",
    }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in RULES:
            label = str(PanelRules._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            self.fields[name] = (
                forms.BooleanField(label=label, required=False)
                if name == "names_published"
                else forms.IntegerField(
                    label=label, min_value=0, max_value=9999,
                    widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                )
            )  # fmt: skip
            self.fields[name].unit = self.units.get(name, "")  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(rules: PanelRules) -> Mapping[str, Any]:
        """Return what the form shows."""
        return {name: getattr(rules, name) for name in RULES}


def expert_choices(experts: Sequence[Expert]) -> list[tuple[str, str]]:
    """Return people to choose from, each with the unit."""
    return [(str(each.pk), f"{each}（{each.unit_name}）") for each in experts]
