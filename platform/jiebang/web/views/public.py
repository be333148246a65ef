"""What anyone may read: the board, a challenge, results on offer, units."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from jiebang.acceptance import policies as acceptance_policies
from jiebang.acceptance import queries as acceptance
from jiebang.accounts.models import User
from jiebang.achievements import policies as achievement_policies
from jiebang.achievements import queries as achievement_queries
from jiebang.audit.services import SYSTEM
from jiebang.awards.models import Award
from jiebang.challenges import admissions, policies, queries
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State
from jiebang.common import clock
from jiebang.common.money import in_wan
from jiebang.experts import exceptions
from jiebang.experts import queries as experts
from jiebang.library.policies import BUREAU
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as unit_queries
from jiebang.proposals import queries as bids
from jiebang.recommendations import alike
from jiebang.recommendations.board import marked
from jiebang.recommendations.models import Kind
from jiebang.web import challenge_parts, match_cards
from jiebang.web.access import open_to_all
from jiebang.web.board_filters import AchievementFilter, BoardFilter, UnitFilter
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.tables import ACHIEVEMENTS, BOARD, UNITS
from jiebang.web.trail import Line, trail
from jiebang.web.views.attachments import shelves_for

MOST = 50  # items of a track record on the unit's page
STEPS = (
    ("张榜", State.SCHEDULED),
    ("揭榜", State.OPEN),
    ("定榜", State.CLOSED),
    ("实施", State.AWARDED),
    ("验收", State.COMPLETED),
)


@open_to_all
def board(request: HttpRequest) -> HttpResponseBase:
    """Show the board with its filters."""
    form = BoardFilter(request.GET)
    rows = form.apply(queries.on_the_board())
    if file := BOARD.file(request, rows):
        return file
    page = page_of(request, rows, table=BOARD)
    page.object_list = list(page.object_list)
    marks = marked(page.object_list, form.value("q"))
    for row in page.object_list:
        row.marks = marks.get(row.pk, ((), ()))
    context: dict[str, Any] = {"form": form, "page_obj": page, "home": not request.GET}
    return render(request, "public/board.html", context, part="public/_board_rows.html")


@open_to_all
def challenge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one challenge: what is asked, until when, how it stands, and the ways to go on."""
    user = _person(request)
    thing = found(queries.visible_to(user), pk)
    need = thing.need
    award = Award.objects.select_related("proposal__lead").filter(challenge=thing).first()
    detailed = policies.may_read_details(user, thing)
    if detailed:
        admissions.note_reading(challenge=thing, reader=user, what="详细内容和技术指标")
    panel = experts.published_panel(thing)
    context = {
        "thing": thing,
        "need": need,
        "steps": _steps(thing),
        "award": award,
        "panel": panel,
        "exceptions": exceptions.published(thing, named=bool(panel)) if award else (),
        "detailed": detailed,
        "indicators": need.indicators.all() if detailed else (),
        "bid_count": bids.count(thing),
        "facts": _facts(thing),
        "entries": _entries(user, thing),
        **challenge_parts.announced(user, thing),
        "files": shelves_for(need, user),
        "bid_files": bids.files_listed(thing),
        "sections": match_cards.runs(user, Kind.CHALLENGE, thing),
        "alike": alike.to_challenge(thing),
        **_ways(user, thing),
    }
    return render(request, "public/challenge.html", context)


@open_to_all
def achievements(request: HttpRequest) -> HttpResponseBase:
    """Show the results on offer with their filters."""
    form = AchievementFilter(request.GET)
    rows = form.apply(achievement_queries.on_offer())
    if file := ACHIEVEMENTS.file(request, rows):
        return file
    context = {"form": form, "page_obj": page_of(request, rows, table=ACHIEVEMENTS)}
    return render(
        request, "public/achievements.html", context, part="public/_achievement_rows.html"
    )


@open_to_all
def achievement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one result."""
    user = _person(request)
    thing = found(achievement_queries.visible_to(user), pk)
    facts = [
        ("编号", thing.number, ""),
        ("完成单位", thing.unit_name, _unit_url(thing.owner_id)),
        ("技术领域", thing.tech_field, ""),
        ("体现形式", thing.get_form_display(), ""),
        ("转让方式", thing.transfer_modes, ""),
        ("专利", thing.patents, ""),
        ("价格区间", thing.price_band, ""),
        ("许可", thing.licence, ""),
    ]
    may_edit = bool(user and achievement_policies.may_edit(user, thing))
    context = {"thing": thing, "facts": facts, "may_edit": may_edit}
    return render(request, "public/achievement.html", context)


@open_to_all
def units(request: HttpRequest) -> HttpResponseBase:
    """Show the verified units with their filters."""
    form = UnitFilter(request.GET)
    rows = form.apply(unit_queries.in_public())
    if file := UNITS.file(request, rows):
        return file
    context = {"form": form, "page_obj": page_of(request, rows, table=UNITS)}
    return render(request, "public/units.html", context, part="public/_unit_rows.html")


@open_to_all
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one unit: who it is, what it asks and what it offers."""
    user = _person(request)
    thing = found(unit_queries.visible_to(user), pk)
    posted = queries.on_the_board().filter(need__owner=thing, need__mask_owner=False)
    items = acceptance.track_items(thing.pk)[:MOST]
    context = {
        "thing": thing,
        "facts": _unit_facts(thing),
        "contact": unit_policies.may_see_contact(user, thing),
        "achievements": achievement_queries.on_offer().filter(owner=thing)[:50],
        "challenges": posted[:50],
        "may_edit": bool(user and unit_policies.may_administer(user, thing)),
        "record": acceptance.track_record([thing.pk])[thing.pk],
        "track": [(each, acceptance.weight(each.happened_on, clock.today())) for each in items],
        "may_answer": acceptance_policies.may_answer_for(user, thing),
    }
    return render(request, "public/unit.html", context)


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _entries(user: User | None, thing: Challenge) -> list[Line]:
    """Return the record; strangers read which office acted, not which person."""
    lines = trail(thing)
    if user is None or not user.has_role(*BUREAU):
        for line in lines:
            line["actor_name"] = SYSTEM if line["actor_name"] == SYSTEM else "市科学技术局"
    return lines


def _unit_url(key: int | None) -> str:
    return reverse("web:unit", args=[key]) if key else ""


def _steps(thing: Challenge) -> list[dict[str, Any]]:
    now = thing.state_now
    ended = now in (State.FAILED, State.WITHDRAWN)
    order = [state for _, state in STEPS]
    here = order.index(State(now)) if not ended else order.index(State.CLOSED)
    if now == State.COMPLETED:
        here += 1
    at_here = "failed" if ended else "current"
    times = {State.SCHEDULED: thing.opens_at, State.OPEN: thing.closes_at}
    return [
        {
            "label": thing.state_label if ended and n == here else label,
            "state": "done" if n < here else "todo" if n > here else at_here,
            "when": times.get(state),
        }
        for n, (label, state) in enumerate(STEPS)
    ]


def _facts(thing: Challenge) -> list[tuple[str, Any, str]]:
    need = thing.need
    shown = not need.mask_owner
    return [
        ("榜题编号", thing.number, ""),
        ("发榜单位", thing.owner_name, _unit_url(need.owner_id) if shown else ""),
        ("榜单金额", in_wan(thing.bounty), ""),
        ("技术领域", thing.tech_field, ""),
        ("所在镇街", thing.district, ""),
        ("实施期限", f"{need.term_months} 个月" if need.term_months else "", ""),
        ("解决方式", need.get_solve_mode_display(), ""),
        ("知识产权", need.get_ip_ownership_display(), ""),
        ("验收方式", need.get_acceptance_method_display(), ""),
        ("所属批次", thing.call, ""),
    ]


def _unit_facts(thing: Any) -> list[tuple[str, Any, str]]:
    return [
        ("统一社会信用代码", thing.uscc, ""),
        ("单位性质", thing.get_kind_display(), ""),
        ("所在地", thing.district or thing.city, ""),
        ("产业链", thing.chain, ""),
        ("产业链环节", thing.node, ""),
        ("法定代表人", thing.legal_person, ""),
        ("成立日期", thing.founded_on, ""),
        ("主营业务", thing.main_business, ""),
        ("网址", thing.website, thing.website),
    ]


def _ways(user: User | None, thing: Challenge) -> dict[str, Any]:
    """Return what this reader can do from here: bid, or go on with a bid."""
    if user is None:
        return {"my_units": [], "my_bids": []}
    mine = list(unit_queries.units_written_by(user))
    others = [unit for unit in mine if unit.pk != thing.need.owner_id]
    my_bids = list(bids.mine(user).filter(challenge=thing))
    begun = {party.unit_id for bid in my_bids for party in bid.parties.all() if party.exclusive}
    owns = bool(thing.need.owner_id and unit_queries.role_in(user, thing.need.owner_id))
    return {
        "my_units": [unit for unit in others if unit.pk not in begun],
        "my_bids": my_bids,
        "may_see_need": owns or user.has_role(*BUREAU),
    }
