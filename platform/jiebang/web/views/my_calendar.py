"""My dates: the page, its secret address for calendar programs, and the file behind it."""

import hashlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiebang.common import clock
from jiebang.common.errors import NotFound
from jiebang.notifications import subscriptions
from jiebang.notifications.models import CalendarKey
from jiebang.web import my_dates
from jiebang.web.access import Request, open_to_all, signed_in
from jiebang.web.calendar_file import Event, calendar
from jiebang.web.htmx import render

NAME = "揭榜挂帅：我的期限"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request) -> HttpResponse:
    """List one's dates; make or end the address, which is shown this once."""
    address = ""
    if request.method == "POST" and request.POST.get("action") == "end":
        subscriptions.end(person=request.user)
        messages.success(request, "日历订阅地址已停用")
        return redirect("web:my-calendar")
    if request.method == "POST":
        secret = subscriptions.renew(person=request.user)
        path = reverse("web:my-calendar-file", args=[secret])
        address = request.build_absolute_uri(path)
    context = {
        "dates": my_dates.of(request.user),
        "address": address,
        "key": CalendarKey.objects.filter(person=request.user).first(),
    }
    answer = render(request, "desk/my_calendar.html", context)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@open_to_all
def file(request: HttpRequest, secret: str) -> HttpResponse:
    """Return the dates of whoever this secret was made for, and of nobody else."""
    person = subscriptions.person_of(secret)
    if person is None:
        raise NotFound("没有这个日历，或者订阅地址已更换")
    events = [
        Event(
            uid=f"{hashlib.sha256(each.name.encode()).hexdigest()[:24]}@{request.get_host()}",
            at=each.at,
            summary=each.what,
            url=request.build_absolute_uri(each.url),
            changed=clock.now(),
        )
        for each in my_dates.of(person)
    ]
    answer = HttpResponse(calendar(NAME, events), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="my-dates.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
