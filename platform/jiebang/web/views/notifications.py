"""The inbox: what one has been told, and how one wishes to be told."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.common.errors import DomainError
from jiebang.notifications import queries, services
from jiebang.notifications.states import Kind, Pace, Timing
from jiebang.web.access import Request, signed_in
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.tables import MESSAGES


class PreferenceForm(ServiceForm):
    """How often e-mails come, and about what not."""

    timing = forms.ChoiceField(
        label="邮件发送方式", choices=Timing.choices, widget=forms.RadioSelect
    )
    suited = forms.ChoiceField(
        label="适合本单位的新榜题",
        choices=Pace.choices,
        widget=forms.RadioSelect,
        help_text="站内提醒的频率；同一榜题只提醒一次，没有适合的就不提醒",
    )
    muted = forms.MultipleChoiceField(
        label="不发邮件的类别",
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="勾选的类别只在站内提醒，不发送邮件",
    )


@signed_in
def inbox(request: Request) -> HttpResponseBase:
    """List one's messages, newest first; those that are not read, or all."""
    everything = request.GET.get("show") == "all"
    kind = request.GET.get("kind", "")
    rows = queries.inbox(request.user, unread=not everything, kind=kind)
    if file := MESSAGES.file(request, rows):
        return file
    unread = queries.unread_count(request.user)
    tabs = [
        {
            "label": "未读",
            "url": address("notifications", kind=kind),
            "active": not everything,
            "count": unread,
        },
        {
            "label": "全部",
            "url": address("notifications", show="all", kind=kind),
            "active": everything,
        },
    ]
    context = {
        "page_obj": page_of(request, rows, table=MESSAGES),
        "tabs": tabs,
        "unread": unread,
        "kinds": Kind.choices,
        "kind": kind,
        "show": "all" if everything else "",
    }
    return render(request, "notifications/inbox.html", context)


@signed_in
def follow(request: Request, pk: int) -> HttpResponse:
    """Mark a message read and go where it leads."""
    thing = found(queries.inbox(request.user), pk)
    services.mark_read(person=request.user, which=[thing.pk])
    return redirect(thing.link or "web:notifications")


@signed_in
@require_POST
def read(request: Request) -> HttpResponse:
    """Mark the chosen messages read, or all of them."""
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isascii() and pk.isdigit()]
    which = None if "all" in request.POST else chosen
    count = services.mark_read(person=request.user, which=which)
    if count:
        messages.success(request, f"已将 {count} 条消息标为已读。")
    else:
        messages.info(request, "没有选中未读消息。")
    return redirect(address("notifications", show=request.POST.get("show")))


@signed_in
def preferences(request: Request) -> HttpResponse:
    """Show and keep how one wishes to be told."""
    kept = queries.preference_of(request.user)
    initial = {"timing": kept.timing, "muted": kept.muted, "suited": kept.suited}
    form = PreferenceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.prefer(person=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "消息设置已保存。")
            return redirect("web:notifications")
    status = 422 if form.errors else 200
    return render(request, "notifications/preferences.html", {"form": form}, status=status)
