"""Permissions to hand in late: one of the bureau proposes, another decides."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.accounts.models import PlatformRole
from jiebang.challenges import queries as challenges
from jiebang.common.errors import DomainError
from jiebang.proposals import late, policies, queries
from jiebang.proposals.models import LatePermission
from jiebang.proposals.states import LATE_LIFE, LateAction
from jiebang.web.access import Request, requires_role
from jiebang.web.buttons import action_of, buttons
from jiebang.web.consortium_forms import LateForm
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found
from jiebang.web.views.officer import BUREAU


@requires_role(*BUREAU)
def page(request: Request, pk: int) -> HttpResponse:
    """Show what was permitted for a challenge, and take a new proposal."""
    challenge = found(challenges.visible_to(request.user), pk)
    form = LateForm(request.POST or None)
    may_propose = policies.may_propose_late(request.user, challenge, None)
    if request.method == "POST":
        may_propose.enforce()
        if form.is_valid():
            try:
                late.propose(challenge=challenge, actor=request.user, **form.cleaned_data)
            except DomainError as refusal:
                apply_errors(form, refusal)
            else:
                messages.success(request, "已提出，等待另一名工作人员复核。")
                return redirect("web:officer-late", pk=pk)
    rows = [
        (
            row,
            buttons(
                LATE_LIFE,
                policies.late_actions_for(request.user, row),
                reverse("web:officer-late-move", args=[row.pk]),
                primary=LateAction.GRANT,
            ),
        )
        for row in queries.late_permissions(challenge)
    ]
    context = {"challenge": challenge, "rows": rows, "form": form, "may_propose": may_propose}
    status = 422 if form.is_bound else 200
    return render(request, "officer/late.html", context, status=status)


@requires_role(PlatformRole.OFFICER, PlatformRole.APPROVER)
@require_POST
def move(request: Request, pk: int) -> HttpResponse:
    """Grant or refuse."""
    rows = LatePermission.objects.select_related("challenge__need", "unit")
    permission = found(rows, pk)
    action = action_of(request, LATE_LIFE)
    note = request.POST.get("note", "")
    late.decide(permission=permission, action=action, actor=request.user, note=note)
    messages.success(
        request, f"{permission.unit.name}的逾期许可：{permission.get_state_display()}。"
    )
    return redirect("web:officer-late", pk=permission.challenge_id)
