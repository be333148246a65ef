"""The panel of an acceptance: drawn by an officer, answered and voted by its members."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from jiebang.acceptance import draws, policies, queries, seats, votes
from jiebang.acceptance.models import Acceptance, Member, PanelDraw
from jiebang.acceptance.states import State
from jiebang.accounts.models import PlatformRole
from jiebang.common.errors import DomainError
from jiebang.experts.draws import EXCLUDED
from jiebang.experts.seats import UNDERTAKING
from jiebang.experts.states import SeatAction, SeatState
from jiebang.taxonomy.models import TechField
from jiebang.web import acceptance_parts as parts
from jiebang.web.acceptance_forms import VoteForm
from jiebang.web.access import Request, open_to_all, requires_role
from jiebang.web.buttons import action_of, buttons
from jiebang.web.expert_forms import QuotaFormSet, typed_quotas
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found
from jiebang.web.trail import trail
from jiebang.web.views.officer import BUREAU
from jiebang.web.views.panels import ROWS, DrawForm
from jiebang.web.views.seats import UndertakingForm

OPEN_FILES = (SeatState.UNDERTAKEN, SeatState.DONE)


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: Request, pk: int) -> HttpResponse:
    """Show the panel and who could sit on it; take a draw's quotas."""
    thing = found(queries.visible_to(request.user), pk)
    posted = request.method == "POST"
    form = DrawForm(request.POST or None)
    rows = QuotaFormSet(request.POST or None, prefix=ROWS)
    if posted:
        policies.may_convene(request.user, thing).enforce()
    if posted and all([form.is_valid(), rows.is_valid()]):
        try:
            draw = draws.hold(
                acceptance=thing,
                actor=request.user,
                quotas=typed_quotas(rows),
                reason=form.cleaned_data["reason"],
            )
        except DomainError as refusal:
            apply_errors(form, refusal, rows)
        else:
            messages.success(request, f"已抽出 {len(draw.drawn)} 名专家并发出邀请")
            return redirect("web:acceptance-panel", pk)
    context = {
        "acceptance": thing,
        "form": form,
        "formset": rows,
        **_standing(request, thing),
    }
    return render(request, "acceptance/panel.html", context, status=422 if posted else 200)


@requires_role(*BUREAU, PlatformRole.EXPERT)
@require_POST
def member_move(request: Request, pk: int) -> HttpResponseRedirect:
    """Take a member off the panel, or as a member accept, decline, or declare an interest."""
    thing = found(queries.members_visible_to(request.user), pk)
    action = action_of(request, Member.LIFE)
    note = request.POST.get("note", "")
    came = seats.move(member=thing, action=action, actor=request.user, note=note)
    after = f"，由{came.expert}递补" if came else ""
    messages.success(request, f"{thing.expert}{thing.get_state_display()}{after}")
    if thing.expert.user_id == request.user.pk:
        return redirect("web:acceptance-member", pk)
    return redirect("web:acceptance-panel", thing.acceptance_id)


@requires_role(PlatformRole.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: Request, pk: int) -> HttpResponse:
    """Show an invitation; take the signature, then the opinion and vote."""
    thing = found(queries.members().filter(expert__user=request.user), pk)
    signing = thing.state == SeatState.ACCEPTED
    voting = (
        thing.state in OPEN_FILES
        and thing.acceptance.state == State.REVIEWING
        and not queries.voted(thing)
    )
    form: UndertakingForm | VoteForm | None = None
    if signing:
        form = UndertakingForm(request.POST or None)
    elif voting:
        form = VoteForm(request.POST or None)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            said = _hand_in(request, thing, form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, said)
            return redirect("web:acceptance-member", pk)
    elif request.method == "POST" and form is None:
        _hand_in(request, thing, {"advice": "", "text": ""})
    opened = thing.state in OPEN_FILES
    steps = [SeatAction.ACCEPT, SeatAction.DECLINE, SeatAction.RECUSE]
    can = policies.member_actions_for(request.user, thing)
    context = {
        "member": thing,
        "acceptance": thing.acceptance,
        "contract": thing.acceptance.contract,
        "form": form,
        "signing": signing,
        "undertaking": UNDERTAKING,
        "opened": opened,
        "indicators": parts.indicator_rows(thing.acceptance) if opened else [],
        "votes": thing.votes.all(),
        "actions": buttons(
            Member.LIFE,
            [a for a in can if a in steps and not thing.votes.all()],
            address("acceptance-member-move", pk),
            primary=SeatAction.ACCEPT,
        ),
        "trail": trail(thing),
    }
    errors = form is not None and form.errors
    return render(request, "acceptance/member.html", context, status=422 if errors else 200)


@open_to_all
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draw with all that it takes to repeat it; names of experts stand nowhere."""
    thing = found(queries.draws(), pk)
    fields = dict(TechField.objects.values_list("code", "name"))
    context = {
        "draw": thing,
        "rows": [
            (
                row["number"],
                row["unit"],
                "、".join(fields.get(code, code) for code in row["fields"]),
                "、".join(EXCLUDED.get(kind, kind) for kind in row["excluded"]),
            )
            for row in thing.pool
        ],
        "free": sum(not row["excluded"] for row in thing.pool),
        "quotas": [(fields.get(q["field"], "不限领域"), q["count"]) for q in thing.quotas],
        "repeated": draws.replayed(thing) == thing.drawn,
    }
    return render(request, "acceptance/draw.html", context)


@open_to_all
def draw_file(request: HttpRequest, pk: int) -> JsonResponse:
    """Return the draw for `replay_draw --file`."""
    thing = found(queries.draws(), pk)
    content = draws.document(thing)
    answer = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{thing.number}.json"'
    return answer


def _hand_in(request: Request, thing: Member, typed: dict[str, Any]) -> str:
    if "signed_name" in typed:
        signed = typed["signed_name"]
        seats.move(
            member=thing, action=SeatAction.UNDERTAKE, actor=request.user, signed_name=signed
        )
        return "已签署承诺，验收材料已开放"
    votes.give(member=thing, actor=request.user, **typed)
    return "验收意见已提交"


def _standing(request: Request, thing: Acceptance) -> dict[str, Any]:
    seated = list(queries.panel(thing))
    may = thing.state == State.REVIEWING and bool(policies.may_convene(request.user, thing))
    pool = draws.candidates(thing) if may else []
    return {
        "rules": queries.rules_of(thing.contract.call),
        "may_draw": may,
        "members": [
            (each, parts.member_buttons(request.user, each), queries.voted(each)) for each in seated
        ],
        "draws": [(each, _left_out(each)) for each in thing.draws.order_by("-round")],
        "free": sum(one.free for one in pool),
        "barred": [one for one in pool if not one.free],
    }


def _left_out(thing: PanelDraw) -> int:
    return len(thing.exclusions)
