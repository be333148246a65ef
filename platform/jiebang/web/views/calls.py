"""Calls: the list, one with its rules and criteria, opening one, changing a rule."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from jiebang.accounts.models import PlatformRole
from jiebang.common import clock
from jiebang.common.errors import DomainError, NotFound
from jiebang.library import queries, services
from jiebang.library.models import Call
from jiebang.library.states import COLLECTED, RuleCode, WindowKind
from jiebang.web.access import Request, requires_role
from jiebang.web.forms import MomentInput, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.rows import filled, put_back
from jiebang.web.tables import CALLS
from jiebang.web.templatetags.bureau import YES_OR_NO
from jiebang.web.trail import trail
from jiebang.web.views.officer import BUREAU

# The four criteria of the library, for a new call to begin with.
CRITERIA = ("技术创新性", "科研基础", "成果转化成熟度", "市场前景")


class CallForm(ServiceForm):
    """Name and scope, a window for each kind, and a number for each rule that is to hold."""

    name = forms.CharField(label="批次名称", max_length=80)
    scope = forms.CharField(
        label="征集范围", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in WindowKind:
            self.fields[f"{kind}_opens_at"] = _moment(f"{kind.label}开始")
            self.fields[f"{kind}_closes_at"] = _moment(f"{kind.label}截止")
        for code in RuleCode:
            self.fields[f"rule-{code}"] = _value(code, required=False)

    @property
    def windows(self) -> list[tuple[Any, Any, Any]]:
        """Return each kind of window with its two fields."""
        return [(k, self[f"{k}_opens_at"], self[f"{k}_closes_at"]) for k in WindowKind]

    @property
    def rules(self) -> list[Any]:
        """Return the fields of the rules."""
        return [self[f"rule-{code}"] for code in RuleCode]

    def arguments(self) -> dict[str, Any]:
        """Return what `create_call` takes."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "scope": data["scope"],
            "windows": {k: (data[f"{k}_opens_at"], data[f"{k}_closes_at"]) for k in WindowKind},
            "rules": {
                code: data[f"rule-{code}"] for code in RuleCode if data[f"rule-{code}"] is not None
            },
        }


class CriterionForm(ServiceForm):
    """What experts score, and with what weight."""

    name = forms.CharField(label="论证指标", max_length=40)
    weight = forms.DecimalField(
        label="权重",
        min_value=Decimal("0.01"),
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    description = forms.CharField(label="评分要点", required=False, max_length=200)


class RuleForm(ServiceForm):
    """One number, and what it rests on."""

    basis = forms.CharField(
        label="依据",
        max_length=200,
        help_text="文件名称和文号，例如：东科〔2023〕73号第五条。",
    )
    field_order = ("value", "basis")

    def __init__(self, *args: Any, code: RuleCode, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = _value(code, required=True)
        self.order_fields(self.field_order)


@requires_role(*BUREAU)
def call_list(request: Request) -> HttpResponseBase:
    """List the calls, newest first, with how many needs each has."""
    collected = Count("needs", filter=Q(needs__state__in=COLLECTED), distinct=True)
    rows = Call.objects.prefetch_related("windows").annotate(
        need_count=collected, challenge_count=Count("challenges", distinct=True)
    )
    rows = rows.order_by("-pk")
    if file := CALLS.file(request, rows):
        return file
    context = {
        "page_obj": page_of(request, rows, table=CALLS),
        "now": clock.now(),
        "kinds": list(WindowKind),
        "may_open": request.user.has_role(PlatformRole.OFFICER),
    }
    return render(request, "officer/calls.html", context)


@requires_role(PlatformRole.OFFICER)
def new(request: Request) -> HttpResponse:
    """Open a call."""
    typed = request.POST if request.method == "POST" else None
    form = CallForm(typed)
    made: Any = forms.formset_factory(CriterionForm, extra=len(CRITERIA), max_num=20)
    initial = [{"name": name, "weight": 25} for name in CRITERIA] if typed is None else None
    rows = made(typed, initial=initial, prefix="criteria")
    if typed is None:
        rows.extra = 0
    if form.is_valid() and rows.is_valid():
        try:
            call = services.create_call(
                actor=request.user,
                **form.arguments(),
                criteria=[row.cleaned_data for row in filled(rows)],
            )
        except DomainError as refusal:
            put_back(refusal, rows)
            apply_errors(form, refusal, rows)
        else:
            messages.success(request, f"已设立“{call}”")
            return redirect("web:officer-call", call.pk)
    wrong = form.is_bound and (form.errors or rows.total_error_count())
    context = {"form": form, "rows": rows}
    return render(request, "officer/call_new.html", context, status=422 if wrong else 200)


@requires_role(*BUREAU)
def call(request: Request, pk: int) -> HttpResponse:
    """Show a call: its windows, every rule it sets or leaves open, its criteria."""
    thing = found(Call.objects.prefetch_related("windows", "rules", "criteria"), pk)
    kept = {rule.code: rule for rule in thing.rules.all()}
    context = {
        "call": thing,
        "now": clock.now(),
        "rules": [(code, rule_name(code), kept.get(code)) for code in RuleCode],
        "criteria": thing.criteria.all(),
        "weights": sum((each.weight for each in thing.criteria.all()), Decimal(0)),
        "may_change": request.user.has_role(PlatformRole.OFFICER),
        "trail": trail(thing),
    }
    return render(request, "officer/call.html", context)


@requires_role(PlatformRole.OFFICER)
def rule(request: Request, pk: int, code: str) -> HttpResponse:
    """Change one number of a call."""
    thing = found(Call.objects.prefetch_related("rules"), pk)
    if code not in RuleCode.values:
        raise NotFound("没有这项规则")
    which = RuleCode(code)
    before = queries.rules_of(thing).get(which)
    initial = {"value": f"{before.normalize():f}"} if before is not None else {}
    typed = request.POST if request.method == "POST" else None
    form = RuleForm(typed, code=which, initial=initial)
    if form.is_valid():
        try:
            services.set_rule(call=thing, actor=request.user, code=which, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"“{rule_name(which)}”已修改；此前作出的决定不受影响")
            return redirect("web:officer-call", pk)
    context = {
        "call": thing,
        "code": which,
        "label": rule_name(which),
        "before": before,
        "form": form,
    }
    return render(request, "officer/rule.html", context, status=422 if form.errors else 200)


def rule_name(code: RuleCode) -> str:
    """Return the rule's name, without the key to its numbers where it is a question."""
    return str(code.label).partition("（1")[0] if code in YES_OR_NO else str(code.label)


def _moment(label: str) -> forms.DateTimeField:
    errors = {"required": f"请填写{label}时间"}
    return forms.DateTimeField(label=label, widget=MomentInput, error_messages=errors)


def _value(code: RuleCode, *, required: bool) -> forms.Field:
    """Return the field for a rule: a number, or yes and no."""
    label = rule_name(code)
    if code in YES_OR_NO:
        nothing = [] if required else [("", "不规定")]
        return forms.TypedChoiceField(
            label=label,
            required=required,
            choices=[*nothing, ("1", "是"), ("0", "否")],
            coerce=Decimal,
            empty_value=None,
        )
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
