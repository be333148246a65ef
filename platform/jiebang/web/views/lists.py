"""榜单: the lists by call, their archive, and what is announced before it is posted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from jiebang.accounts.models import PlatformRole
from jiebang.challenges import notices, queries
from jiebang.challenges.models import IntentNotice
from jiebang.challenges.states import State
from jiebang.common.errors import DomainError
from jiebang.library import queries as library
from jiebang.library.models import Call, TechNeed
from jiebang.library.states import RuleCode
from jiebang.library.states import State as NeedState
from jiebang.web.access import Request, open_to_all, requires_role
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of

ORDER = (State.OPEN, State.CLOSED, State.AWARDED, State.COMPLETED, State.FAILED)


class NoticeForm(ServiceForm):
    """What is to be posted."""

    title = forms.CharField(label="标题", max_length=80)
    text = forms.CharField(
        label="公示内容",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明公示事由、异议提出方式和联系电话",
    )
    needs = forms.ModelMultipleChoiceField(
        label="拟发榜需求",
        queryset=TechNeed.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = TechNeed.objects.filter(call=call, state=NeedState.IN_LIBRARY).order_by("pk")
        self.fields["needs"].queryset = waiting  # type: ignore[attr-defined]


@open_to_all
def call_lists(request: HttpRequest) -> HttpResponse:
    """List the calls that have something on the board, and the newest notices."""
    context = {
        "states": [State(state).label for state in ORDER],
        "rows": [
            {**row, "counts": [(State(state).label, row[f"{state}_count"]) for state in ORDER]}
            for row in queries.lists()
        ],
        "notices": IntentNotice.objects.select_related("call")[:10],
    }
    return render(request, "board/lists.html", context)


@open_to_all
def call_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one list: everything of the call that was ever posted."""
    call = found(Call.objects.all(), pk)
    rows = queries.on_the_board().filter(call=call)
    context = {"call": call, "page_obj": page_of(request, rows)}
    return render(request, "board/list.html", context)


@open_to_all
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is about to be posted, by its public names."""
    thing = found(IntentNotice.objects.select_related("call"), pk)
    context = {"thing": thing, "needs": thing.needs.select_related("owner", "tech_field")}
    return render(request, "board/notice.html", context)


@requires_role(PlatformRole.OFFICER)
def announce(request: Request, pk: int) -> HttpResponse:
    """Announce which library needs are to be posted."""
    call = found(Call.objects.all(), pk)
    form = NoticeForm(request.POST or None, call=call)
    if request.method == "POST" and form.is_valid():
        typed = {**form.cleaned_data, "needs": list(form.cleaned_data["needs"])}
        try:
            made = notices.announce(call=call, actor=request.user, **typed)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "拟发榜公示已发布。")
            return redirect("web:intent-notice", made.pk)
    days = int(library.rules_of(call).get(RuleCode.INTENT_NOTICE_DAYS, 0))
    context = {"call": call, "form": form, "days": days}
    return render(request, "board/announce.html", context, status=422 if form.errors else 200)
