"""A challenge before the bureau: sealed until it closes, then the bids side by side, the award."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from jiebang.accounts.models import User
from jiebang.awards import policies, services
from jiebang.awards import queries as awards
from jiebang.awards.models import Award
from jiebang.challenges import policies as challenge_policies
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import Action, State
from jiebang.common.errors import DomainError
from jiebang.library import queries as library
from jiebang.library.models import Indicator
from jiebang.library.states import RuleCode
from jiebang.openings import services as openings
from jiebang.proposals import policies as bid_policies
from jiebang.proposals import queries as bids
from jiebang.proposals.models import IndicatorResponse, Proposal
from jiebang.web import proposal_parts
from jiebang.web.access import Request, requires_role, signed_in
from jiebang.web.buttons import buttons
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found
from jiebang.web.review_parts import reviewed
from jiebang.web.trail import trail
from jiebang.web.views.attachments import shelves_for
from jiebang.web.views.officer import BUREAU


class AwardForm(ServiceForm):
    """Who solves the challenge, for how much, and why."""

    proposal = forms.ModelChoiceField(
        Proposal.objects.none(),
        label="中榜的揭榜书",
        widget=forms.RadioSelect,
    )
    amount = MoneyField(label="中榜金额")
    grant = MoneyField(label="其中财政补助", initial=0)
    reason = forms.CharField(
        label="中榜理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = bids.of_challenge(challenge)
        choice: Any = self.fields["proposal"]
        choice.queryset = offered
        choice.label_from_instance = lambda bid: bid.lead.name
        rules = library.rules_of(challenge.call)
        least = int(rules.get(RuleCode.AWARD_REASON_MIN_LENGTH, 10))
        self.fields["reason"].help_text = f"至少 {least} 字，定榜后对外公开。"


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator, and what each bid promises for it, in the order of the bids."""

    indicator: Indicator
    promises: Sequence[IndicatorResponse | None]


@requires_role(*BUREAU)
def challenge(request: Request, pk: int) -> HttpResponse:
    """Show how a challenge stands; once closed, the bids side by side, and take the decision."""
    thing = found(challenges.visible_to(request.user), pk)
    opened = bool(bid_policies.may_list(request.user, thing))
    form = _award_form(request, thing)
    if form is not None and form.is_valid():
        try:
            made = services.award(challenge=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"已定榜：{made.proposal.lead} 中榜，合同已生成")
            return redirect("web:officer-award", pk)
    rules = awards.rules_of(thing.call)
    award = Award.objects.filter(challenge=thing).select_related("proposal__lead").first()
    context = {
        "challenge": thing,
        "need": thing.need,
        "opened": opened,
        "openings": thing.openings.exists(),
        "bid_count": bids.count(thing),
        "actions": _actions(request.user, thing),
        "award": award,
        "rules": rules,
        "contract": getattr(award, "contract", None),
        "form": form,
        "trail": trail(thing),
        **(_side_by_side(thing) if opened else {}),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "officer/challenge.html", context, status=status)


@signed_in
def bid(request: Request, pk: int) -> HttpResponse:
    """Show one solution in full to whoever may read it; to a stranger there is none."""
    thing = bids.find(request.user, pk)
    openings.note_look(proposal=thing, reader=request.user)
    context = {
        "bid": thing,
        "who": thing.lead,
        **reviewed(request.user, thing),
        "challenge": thing.challenge,
        "back": address(
            "officer-award" if request.user.has_role(*BUREAU) else "challenge",
            thing.challenge_id,
        ),
        "responses": thing.responses.select_related("indicator"),
        "files": shelves_for(thing, request.user),
        "receipts": thing.receipts.select_related("submitted_by"),
        "texts": proposal_parts.texts(thing),
        "tables": proposal_parts.tables(thing),
        "parties": thing.parties.select_related("unit"),
    }
    return render(request, "officer/bid.html", context)


def _award_form(request: Request, thing: Challenge) -> AwardForm | None:
    """Return the form for whoever may decide while it can be decided, bound if it was sent.

    Raises the refusal that fits when somebody else sends it, or too late.
    """
    may = policies.may_award(request.user, thing)
    if request.method == "POST":
        may.enforce()
        Challenge.LIFE.target(Action.AWARD, thing.state_now)
    if thing.state_now != State.CLOSED or not may:
        return None
    if request.method != "POST" and awards.rules_of(thing.call).in_steps:
        return None
    typed = request.POST if request.method == "POST" else None
    return AwardForm(typed, challenge=thing)


def _actions(user: User, thing: Challenge) -> list[Any]:
    return list(
        buttons(
            Challenge.LIFE,
            challenge_policies.actions_for(user, thing),
            address("officer-challenge-move", thing.pk),
        )
    )


def _side_by_side(thing: Challenge) -> dict[str, Any]:
    """Return the bids as columns and the indicators as lines. A fixed number of queries."""
    columns = list(
        bids.of_challenge(thing).prefetch_related(
            "responses__indicator", "receipts", "parties__unit"
        )
    )
    answers = {
        (answer.proposal_id, answer.indicator_id): answer
        for column in columns
        for answer in column.responses.all()
    }
    indicators = list(thing.need.indicators.all())
    lines = [
        Line(row, [answers.get((column.pk, row.pk)) for column in columns]) for row in indicators
    ]
    met = [
        sum(bool(answer and answer.is_enough) for answer in promises)
        for promises in zip(*(line.promises for line in lines), strict=True)
    ]
    return {
        "bids": columns,
        "lines": lines,
        "met": met,
        "indicator_count": len(indicators),
        "countable": sum(row.value is not None for row in indicators),
    }
