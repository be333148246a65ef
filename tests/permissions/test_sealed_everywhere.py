"""A sealed bid at every door that can be looked through: its words come out to its own unit alone.

Three marks are planted, in the text, in the name of a file and in the text of the file; then every
address that answers GET, as page, as export and with a search, is asked by every role.
"""

import io
import zipfile

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jiebang.audit import services as audit
from jiebang.challenges.states import State as ChallengeState
from jiebang.files import services as files
from jiebang.library.states import State as NeedState
from jiebang.openings import services as openings
from jiebang.proposals import snapshots
from jiebang.proposals.models import Receipt
from jiebang.proposals.states import Action
from jiebang.recommendations import corpus
from tests import factories as make
from tests.permissions import bodies, doors, table

pytestmark = pytest.mark.django_db
WORD = "密标检索词"
MARKS = tuple(f"{WORD}{place}" for place in ("正文叁柒", "文件名肆玖", "文件内容伍贰"))
OWN = "揭榜方管理员"
MASKED, TITLE = "东莞隐名样例公司", "隐去名称的榜题"
ROUTES = {
    name: route
    for name, route in table.read_routes().items()
    if {"GET", doors.EXPORT} & set(route.methods)
}
# Who looks at their own bid finds it at these doors; everybody else finds it nowhere.
OWN_DOORS = {
    "web:proposal", "web:proposal-edit", "web:proposal-receipt", "web:attachment",
    "web:officer-bid", "api:proposal-detail", "api:proposal-receipts", "api:attachment-detail",
    "api:attachment-content", "api:attachment-list",
}  # fmt: skip


def plant(world):
    """A bid as its unit handed it in, with a file that was read, before its challenge closes."""
    author = world.people[OWN]
    need = make.make_need(NeedState.POSTED, owner=world.units.poster)
    challenge = make.make_challenge(ChallengeState.OPEN, need=need)
    bid = make.make_proposal(
        challenge=challenge, lead=world.units.bidder, author=author,
        **dict.fromkeys(("technical_route", "innovation", "team", "pi_name", "risks"), MARKS[0]),
    )  # fmt: skip
    upload = io.BytesIO(MARKS[2].encode())
    file = files.attach(
        thing=bid, slot="other", upload=upload, name=f"{MARKS[1]}.txt", actor=author
    )
    files.inspect(file.content_id)
    audit.advance(thing=bid, action=Action.SUBMIT, actor=author, also={"version": 1})
    receipt = Receipt.objects.create(
        proposal=bid, version=1, submitted_by=author, content=snapshots.take(bid), digest="0" * 64
    )
    opening = openings.propose(
        challenge=challenge, actor=world.people["经办"], reason="须核对系统是否完整收到揭榜书"
    )
    masked = make.make_unit(name=MASKED)
    need = make.make_need(NeedState.POSTED, owner=masked, mask_owner=True, title=TITLE)
    make.make_challenge(ChallengeState.OPEN, need=need)
    world.add("masked", "marked", make.make_challenge(ChallengeState.CLOSED, need=_like(need)))
    world.add("challenge", "marked", challenge)
    world.add("secret", "marked", challenge)
    world.add("proposal", "marked", bid)
    world.add("receipt", "marked", receipt)
    world.add("attachment", "marked", file)
    world.add("opening", "marked", opening)
    return bid


@pytest.fixture(scope="module")
def bid(city):
    cache.clear()
    return plant(city)


@pytest.fixture(scope="module")
def people(city, browsers, bid):
    root = Client(raise_request_exception=False)
    root.force_login(make.make_user(is_superuser=True, is_staff=True))
    return {**browsers, "超级用户": root}


def _like(need):
    """Another need of the same unit, for one unit's need stands on the board once."""
    return make.make_need(NeedState.POSTED, owner=need.owner, mask_owner=True, title=TITLE)


def text_of(answer):
    """Return everything that an answer says; what is packed in a file is unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            content = b"\n".join(package.read(name) for name in package.namelist())
    said = content.decode("utf-8", "replace") + str(dict(answer.items()))
    return said.encode().decode("unicode_escape", "ignore") + said if "\\u" in said else said


def ways(route, world, bid):
    """Return the addresses of a door with what is asked of them."""
    known = world.cases(route.kind)
    args = (known.get("marked") or next(iter(known.values()))).args
    address = reverse(route.name, kwargs=args)
    asked = bodies.query(route.name, world)
    if "GET" in route.methods:
        yield address, asked
        if not route.kind:  # lists, of which some can be searched
            yield address, {**asked, "q": WORD}
    if doors.EXPORT in route.methods:
        yield address, {**asked, "format": "xlsx"}
    if route.name == "api:attachment-list":
        yield address, {"holder": "proposal", "thing": bid.pk}


@pytest.mark.parametrize("name", ROUTES)
def test_a_sealed_bid_is_read_by_its_own_unit_and_by_nobody_else(name, city, people, bid):
    found = {}
    for role, browser in people.items():
        for address, asked in ways(ROUTES[name], city, bid):
            cache.clear()
            kept = browser.cookies.copy()
            text = text_of(browser.get(address, asked))
            browser.cookies = kept
            if any(mark in text for mark in MARKS):
                found.setdefault(role, set()).add(address)
    assert set(found) <= {OWN}, found
    if name in OWN_DOORS - {"web:proposal-edit"}:
        assert set(found) == {OWN}


# A unit that does not want to be named as a poster is still a unit of the city, with its page.
ITS_OWN_PAGES = {"web:units", "web:unit", "api:organization-list", "api:organization-detail"}
OUTSIDE = ("访客", "揭榜方管理员")


@pytest.mark.parametrize("name", sorted(set(ROUTES) - ITS_OWN_PAGES))
def test_who_does_not_want_to_be_named_is_named_to_no_stranger(name, city, people, bid):
    masked = city.kinds["masked"]["marked"]
    route, args = ROUTES[name], {}
    if route.kind in ("challenge", "secret"):
        args = masked.args
    elif route.kind:
        args = next(iter(city.cases(route.kind).values())).args
    address, asked = reverse(name, kwargs=args), bodies.query(name, city)
    asks = [{}] if route.kind else [{}, {"q": TITLE}, {"q": MASKED[2:6]}]
    asks += [{"format": "xlsx"}] if doors.EXPORT in route.methods else []
    named = {}
    for role in OUTSIDE:
        for more in asks:
            cache.clear()
            kept = people[role].cookies.copy()
            text = text_of(people[role].get(address, {**asked, **more}))
            people[role].cookies = kept
            if MASKED in text:
                named.setdefault(role, []).append(more)
    assert named == {}


def test_the_matcher_reads_nothing_of_it(bid):
    kinds = [*corpus.SUBJECTS.values(), *corpus.SOUGHT.values()]
    read = [str(document) for source in kinds for document, _ in source.documents()]
    assert read
    assert [text for text in read if WORD in text] == []
