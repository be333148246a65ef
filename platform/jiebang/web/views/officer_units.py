"""Units before the bureau: verify, return, recognise titles, suspend."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.accounts.models import PlatformRole
from jiebang.batches.deeds import Code
from jiebang.common.errors import Invalid
from jiebang.common.money import in_wan
from jiebang.organizations import policies, services
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.organizations.states import Action, MemberRole, QualificationKind, State
from jiebang.web.access import Request, requires_role
from jiebang.web.bulk import bulk
from jiebang.web.bureau_filters import UnitFilter, counted, tabs
from jiebang.web.buttons import action_of, buttons
from jiebang.web.forms import ServiceForm
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.tables import UNITS_TO_VERIFY
from jiebang.web.trail import trail
from jiebang.web.views.officer import BUREAU
from jiebang.web.wording import day


class TitlesForm(ServiceForm):
    """The titles that the bureau recognises."""

    qualifications = forms.MultipleChoiceField(
        choices=QualificationKind, required=False, label="", widget=forms.CheckboxSelectMultiple
    )


class FirstForm(ServiceForm):
    """Who is to administer a unit that has nobody yet."""

    email = forms.EmailField(label="管理员邮箱", help_text="对方用这个邮箱注册或登录后接受邀请")


@requires_role(*BUREAU)
def unit_list(request: Request) -> HttpResponseBase:
    """List the units of one state; those to verify come first and the oldest of them on top."""
    form = UnitFilter(request.GET)
    asked = form.apply(units.visible_to(request.user))
    rows = form.of_state(asked)
    if file := UNITS_TO_VERIFY.file(request, rows):
        return file
    pending = form.value("state") == State.PENDING
    context = {
        "form": form,
        "tabs": tabs("officer-units", form, dict(State.choices), counted(asked)),
        "page_obj": page_of(request, rows, table=UNITS_TO_VERIFY),
        "bulk": bulk(request.user, Code.VERIFY_UNITS) if pending else None,
    }
    return render(request, "officer/units.html", context, part="officer/_units.html")


@requires_role(*BUREAU)
def unit(request: Request, pk: int) -> HttpResponse:
    """Show what a unit says of itself, and what the bureau can do with it now."""
    thing = found(units.visible_to(request.user), pk)
    held = [title.kind for title in thing.qualifications.all()]
    may_recognise = request.user.has_role(PlatformRole.OFFICER)
    context = {
        "unit": thing,
        "facts": _facts(thing),
        "actions": buttons(
            Organization.LIFE,
            policies.actions_for(request.user, thing),
            address("officer-unit-move", pk),
            primary=Action.VERIFY if thing.state == State.PENDING else Action.RESTORE,
        ),
        "members": units.members(thing),
        "titles": TitlesForm(initial={"qualifications": held}) if may_recognise else None,
        "first": FirstForm() if may_recognise and not policies.has_administrator(thing) else None,
        "trail": trail(thing),
    }
    return render(request, "officer/unit.html", context)


@requires_role(PlatformRole.OFFICER)
@require_POST
def unit_move(request: Request, pk: int) -> HttpResponseRedirect:
    """Take one step with a unit."""
    thing = found(units.visible_to(request.user), pk)
    services.move(
        organization=thing,
        action=action_of(request, Organization.LIFE),
        actor=request.user,
        note=request.POST.get("note", ""),
    )
    messages.success(request, f"“{thing.name}”{thing.get_state_display()}")
    return redirect("web:officer-unit", pk)


@requires_role(PlatformRole.OFFICER)
@require_POST
def qualifications(request: Request, pk: int) -> HttpResponseRedirect:
    """Set the titles that the bureau recognises."""
    thing = found(units.visible_to(request.user), pk)
    titles = request.POST.getlist("qualifications")
    services.recognise(organization=thing, actor=request.user, qualifications=titles)
    messages.success(request, f"已更新“{thing.name}”的资质")
    return redirect("web:officer-unit", pk)


@requires_role(PlatformRole.OFFICER)
@require_POST
def invite(request: Request, pk: int) -> HttpResponseRedirect:
    """Invite the first administrator of a unit that was taken in from a register."""
    thing = found(units.visible_to(request.user), pk)
    form = FirstForm(request.POST)
    if not form.is_valid():
        raise Invalid("请填写管理员的邮箱，邀请没有发出", fields={"email": ["请填写有效的邮箱"]})
    link = request.build_absolute_uri(reverse("web:invitation", args=["TOKEN"]))
    link = link.replace("{", "").replace("TOKEN", "{token}")
    services.invite(
        organization=thing,
        actor=request.user,
        email=form.cleaned_data["email"],
        role=MemberRole.ADMINISTRATOR,
        link=link,
    )
    messages.success(request, f"邀请已发往 {form.cleaned_data['email']}")
    return redirect("web:officer-unit", pk)


def _facts(unit: Organization) -> list[tuple[str, object]]:
    where = unit.district.name if unit.district else unit.city
    chain = " / ".join(str(part) for part in (unit.chain, unit.node) if part)
    spent = unit.rd_spending
    share = f"（占营业收入 {spent / unit.revenue:.1%}）" if spent and unit.revenue else ""
    return [
        ("单位性质", unit.get_kind_display()),
        ("所在地", where),
        ("产业链", chain),
        ("主营业务", unit.main_business),
        ("法定代表人", unit.legal_person),
        ("成立日期", day(unit.founded_on) if unit.founded_on else ""),
        ("通讯地址", unit.address),
        ("人员", f"{unit.staff} 人，其中研发 {unit.rd_staff or 0} 人" if unit.staff else ""),
        ("上年营业收入", in_wan(unit.revenue) if unit.revenue else ""),
        ("上年研发投入", f"{in_wan(spent)}{share}" if spent else ""),
    ]
