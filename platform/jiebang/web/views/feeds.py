"""What the board has for readers and calendars elsewhere: Atom and iCalendar."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from jiebang.audit import queries as audit
from jiebang.awards import queries as awards
from jiebang.awards.models import Decision
from jiebang.awards.states import DecisionState
from jiebang.challenges import queries
from jiebang.challenges.models import Amendment, Challenge
from jiebang.common import clock
from jiebang.common.money import in_wan
from jiebang.web.access import open_to_all
from jiebang.web.calendar_file import Event, calendar

NEWEST = 50
NAME = "揭榜挂帅榜单"


@open_to_all
def atom(request: HttpRequest) -> HttpResponse:
    """Return the newest of the board as Atom, each moved by its latest change."""
    feed = Atom1Feed(
        title=NAME,
        link=request.build_absolute_uri(reverse("web:board")),
        feed_url=request.build_absolute_uri(),
        description="新张榜的榜题、揭榜截止时间和变更",
        language="zh-Hans",
    )
    rows = list(queries.on_the_board().prefetch_related("amendments")[:NEWEST])
    for thing in rows:
        changed = _newest(thing)
        feed.add_item(
            title=thing.title if changed is None else f"{thing.title}（有变更）",
            link=_address(request, thing),
            unique_id=_address(request, thing),
            description=_summary(thing),
            author_name=thing.owner_name,
            pubdate=thing.opens_at,
            updateddate=changed.made_at if changed else thing.opens_at,
        )
    for decision in [*awards.notices()[:NEWEST], *awards.revoked()[:NEWEST]]:
        fallen = decision.state == DecisionState.CANCELLED
        lead = "中榜公示已撤销，重新评定" if fallen else "中榜公示"
        page = reverse(
            "web:challenge" if fallen else "web:notice",
            args=[decision.challenge_id if fallen else decision.pk],
        )
        feed.add_item(
            title=f"{lead}：{decision.challenge.title}",
            link=request.build_absolute_uri(page),
            unique_id=f"{request.build_absolute_uri(reverse('web:notices'))}{decision.pk}/",
            description=_notice(decision),
            author_name=decision.challenge.owner_name,
            pubdate=decision.published_at,
            updateddate=audit.last_moved(decision) if fallen else decision.published_at,
        )
    content_type = "application/atom+xml; charset=utf-8"
    return HttpResponse(feed.writeString("utf-8"), content_type=content_type)


@open_to_all
def deadlines(request: HttpRequest) -> HttpResponse:
    """Return the closing times of what is open, for a calendar program."""
    events = [
        Event(
            uid=f"challenge-{thing.pk}@{request.get_host()}",
            at=thing.closes_at,
            summary=f"揭榜截止：{thing.title}",
            url=_address(request, thing),
            changed=changed.made_at if (changed := _newest(thing)) else thing.opens_at,
        )
        for thing in queries.open_now().prefetch_related("amendments")
    ]
    text = calendar(f"{NAME}：揭榜截止", events)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    return response


def _notice(decision: Decision) -> str:
    end = decision.notice_ends_on
    if decision.state == DecisionState.CANCELLED or end is None:
        return "评审排序重新评定，结果另行公示"
    return f"公示至{end:%Y年%-m月%-d日}"


def _newest(thing: Challenge) -> Amendment | None:
    return next(iter(thing.amendments.all()), None)


def _address(request: HttpRequest, thing: Challenge) -> str:
    return request.build_absolute_uri(reverse("web:challenge", args=[thing.pk]))


def _summary(thing: Challenge) -> str:
    end = f"{clock.local(thing.closes_at):%Y年%-m月%-d日 %H:%M}"
    return f"{thing.owner_name}，榜单金额 {in_wan(thing.bounty)}，揭榜截止 {end}"
