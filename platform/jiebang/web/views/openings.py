"""Emergency openings: one officer proposes with a reason, an approver decides, two may look."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from jiebang.accounts.models import PlatformRole
from jiebang.challenges import queries as challenges
from jiebang.common.errors import DomainError
from jiebang.openings import policies, queries, services
from jiebang.openings.models import Opening
from jiebang.openings.states import LIFE, Action
from jiebang.proposals import queries as bids
from jiebang.web.access import Request, requires_role
from jiebang.web.buttons import action_of, buttons
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found
from jiebang.web.views.officer import BUREAU


class OpeningForm(ServiceForm):
    """Why."""

    reason = forms.CharField(
        label="理由",
        required=False,  # the service says what is missing
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="10 至 500 字。同意后会告知全部揭榜单位，并在榜题页公开。",
    )


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request, pk: int) -> HttpResponse:
    """Show the openings of a challenge, take a new proposal, and lead the two to the solutions."""
    challenge = found(challenges.visible_to(request.user), pk)
    may_propose = policies.may_propose(request.user, challenge)
    form = OpeningForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        may_propose.enforce()
        if form.is_valid():
            try:
                services.propose(challenge=challenge, actor=request.user, **form.cleaned_data)
            except DomainError as refusal:
                if not refusal.fields:
                    raise
                apply_errors(form, refusal)
            else:
                messages.success(request, "已提出，等待审批人员复核。")
                return redirect("web:officer-openings", pk)
    rows = queries.with_parts(challenge.openings.all())
    confirm: dict[str, str] = {
        Action.CONFIRM: "同意后将立即告知全部揭榜单位，并在榜题页公开，不能撤销。确定同意？"
    }
    looks = queries.looked_into_by(request.user, challenge) and challenge.is_sealed
    context = {
        "challenge": challenge,
        "rows": [
            (
                row,
                buttons(
                    LIFE,
                    policies.actions_for(request.user, row),
                    address("officer-opening-move", row.pk),
                    primary=Action.CONFIRM,
                    confirm=confirm,
                ),
            )
            for row in rows
        ],
        "form": form if may_propose and challenge.state_now == "open" else None,
        "bids": bids.of_challenge(challenge) if looks else None,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "officer/openings.html", context, status=status)


@requires_role(PlatformRole.OFFICER, PlatformRole.APPROVER)
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Agree, decline, or take it back."""
    opening = found(queries.openings(), pk)
    action, note = action_of(request, Opening.LIFE), request.POST.get("note", "")
    services.move(opening=opening, action=action, actor=request.user, note=note)
    messages.success(request, f"应急开启：{opening.get_state_display()}。")
    return redirect("web:officer-openings", opening.challenge_id)
