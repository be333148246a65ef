"""A unit's own results: offering them, changing them, taking them off offer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from jiebang.achievements import policies, queries, services
from jiebang.achievements.models import Achievement
from jiebang.common.errors import DomainError, NotAllowed, Stale
from jiebang.library.snapshots import Change
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.taxonomy.models import TechField
from jiebang.web.access import Request, signed_in
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.need_forms import TRL, FieldChoice
from jiebang.web.tables import OWN_ACHIEVEMENTS


class AchievementForm(ServiceForm):
    """What a unit says of a result."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="成果名称", max_length=200)
    tech_field = FieldChoice(
        label="技术领域",
        queryset=TechField.objects.filter(active=True).select_related("parent"),
        required=False,
    )
    keywords = forms.CharField(label="关键词", max_length=300, required=False)
    summary = forms.CharField(
        label="成果简介", max_length=4000, widget=forms.Textarea(attrs={"rows": 8})
    )
    form = forms.ChoiceField(label="体现形式", choices=Achievement.Form.choices)
    trl = forms.TypedChoiceField(
        label="技术就绪度", choices=TRL, coerce=int, empty_value=None, required=False
    )
    transfer_modes = forms.CharField(label="转让方式", max_length=60, required=False)
    patents = forms.CharField(label="专利授权号", max_length=120, required=False)
    price_band = forms.CharField(label="价格区间", max_length=40, required=False)
    on_offer = forms.BooleanField(label="公开（参与匹配）", required=False, initial=True)

    def __init__(
        self, *args: Any, owners: QuerySet[Organization] | None = None, **kwargs: Any
    ) -> None:
        """Ask in whose name, where the person writes for several units."""
        super().__init__(*args, **kwargs)
        if owners is not None and len(owners) > 1:
            self.fields["owner"] = forms.ModelChoiceField(
                queryset=owners, label="完成单位", empty_label="请选择单位"
            )
            self.order_fields(["revision", "owner"])


@signed_in
def mine(request: Request) -> HttpResponseBase:
    """List the results of one's units."""
    own = queries.visible_to(request.user).filter(owner__in=units.roles_of(request.user))
    if file := OWN_ACHIEVEMENTS.file(request, own):
        return file
    context = {
        "page_obj": page_of(request, own, table=OWN_ACHIEVEMENTS),
        "may_write": units.units_written_by(request.user).exists(),
    }
    return render(request, "achievements/mine.html", context)


@signed_in
def new(request: Request) -> HttpResponse:
    """Offer a result in the name of one's unit."""
    own = units.units_written_by(request.user)
    if not own:
        raise NotAllowed("登记成果须由已核验单位的管理员或编辑办理", code="no_unit")
    form = AchievementForm(request.POST or None, owners=own)
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data.get("owner") or own[0]
        try:
            made = services.create(owner=owner, actor=request.user, data=_content(form))
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "成果已登记，正在与需求匹配。")
            return redirect("web:achievement", pk=made.pk)
    return _form(request, form, "登记成果")


@signed_in
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a result, or take it off offer."""
    thing = found(queries.visible_to(request.user), pk)
    policies.may_edit(request.user, thing).enforce()
    form = AchievementForm(request.POST or None, initial=_initial(thing))
    changes: list[Change] | None = None
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        try:
            services.edit(
                achievement=thing, actor=request.user, data=_content(form), revision=revision
            )
        except DomainError as refusal:
            if isinstance(refusal, Stale):
                thing.refresh_from_db()
                changes = _differences(thing, form)
            apply_errors(form, refusal)
        else:
            messages.success(request, "成果已保存。")
            return redirect("web:achievement", pk=pk)
    more = {"changes": changes, "revision": thing.revision if changes is not None else None}
    return _form(request, form, "修改成果", **more)


def _content(form: AchievementForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in services.CONTENT}


def _initial(thing: Achievement) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in ("revision", *services.CONTENT)}


def _differences(thing: Achievement, form: AchievementForm) -> list[Change]:
    """Return what a colleague saved beside what was typed, where they differ."""
    kept, typed = AchievementForm(initial=_initial(thing)), _content(form)
    return [
        Change(name, str(form.fields[name].label), before, after)
        for name in services.CONTENT
        if (before := _said(kept, name, getattr(thing, name)))
        != (after := _said(kept, name, typed[name]))
    ]


def _said(form: AchievementForm, name: str, value: Any) -> str:
    """Return a value in words: a choice by its label, yes and no as such."""
    if isinstance(value, bool):
        return "是" if value else "否"
    choices = getattr(form.fields[name], "choices", None)
    if choices is not None and not isinstance(value, TechField):
        return str(dict(choices).get(value, ""))
    return str(value or "")


def _form(request: Request, form: AchievementForm, title: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, **more}
    return render(request, "achievements/form.html", context, status=422 if form.errors else 200)
