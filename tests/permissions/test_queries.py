"""Every list of the platform costs the same number of queries for a few rows and for 300.

The lists are found in the address book: whatever answers with a page of rows. Each is asked as
whoever sees something there; one of its rows is then made three hundred. A new list is tested by
being there; one whose rows cannot be copied says in `MADE_OF` what they are made of.
"""

import inspect
import re
from collections import Counter

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from api.views import Resource
from tests.permissions import bodies, doors, table
from tests.permissions.growing import CannotGrow, clones, ways
from tests.permissions.listed import CUT, FIXED, MADE_OF, SEEDS

pytestmark = pytest.mark.django_db
MANY = 297
# Who is asked first: who sees most.
FIRST = ("经办", "揭榜方管理员", "发榜方管理员", "专家", "审批", "审计")
ROUTES = table.read_routes()
# Lists that have nothing to grow, each for its reason; their own tests count their queries.
APART = {
    "api:match-list": "rows are the matcher's",
    "api:need-match-matches": "rows are the matcher's",
    "api:challenge-match-matches": "rows are the matcher's",
    "api:achievement-match-matches": "rows are the matcher's",
    "api:unit-match-matches": "rows are the matcher's",
    "api:need-alike-alike": "rows are the matcher's",
    "api:challenge-alike-alike": "rows are the matcher's",
    "api:need-version-difference": "as many rows as a text has columns",
    "api:proposal-difference": "as many rows as a text has columns",
    "api:draw-exclusions": "one draw's own list, kept in one column",
    "api:expert-conflicts": "edges are reckoned from one profile and one challenge",
    "api:proposal-review-feedback": "texts of at most a panel",
}


def is_list(name, view):
    """Say whether what stands at this address answers a GET with a page of rows."""
    if "GET" not in ROUTES[name].methods:
        return False
    actions = getattr(view, "actions", None)
    if actions is None:
        return "page_of(" in inspect.getsource(inspect.unwrap(view))
    source = inspect.getsource(getattr(view.cls, actions["get"]))
    return "self.page(" in source


LISTS = [name for name, view in doors.routes() if name in ROUTES and is_list(name, view)]


class Seen:
    """What a door showed to somebody: its rows, and for how many queries."""

    def __init__(self, browser, address, query):
        self.kept = []
        usual = Resource.page

        def page(resource, kind, rows, status=200):
            self.kept.append(rows)
            return usual(resource, kind, rows, status)

        cache.clear()
        connection.queries_log.clear()  # it holds only so many
        Resource.page = page
        try:
            with CaptureQueriesContext(connection) as queries:
                self.answer = browser.get(address, query)
        finally:
            Resource.page = usual
        self.cost = Counter(_table(each["sql"]) for each in queries)
        self.rows = self._listed()
        # Now, for later there may be more of them.
        self.total = self.rows.count() if hasattr(self.rows, "model") else len(self.rows)

    def _listed(self):
        """Return all rows that are listed, whatever the page shows of them."""
        if self.answer.status_code != 200:
            return []
        context = getattr(self.answer, "context", None)
        if context is not None and "page_obj" in context:
            return context["page_obj"].paginator.object_list
        if context is not None and "items" in context:
            return context["items"]  # a desk, which is not cut into pages
        return self.kept[0] if self.kept else []


def _table(sql):
    """Return what a query reads: enough to name it in a failure."""
    found = re.search(r'(FROM|INTO|UPDATE|SAVEPOINT) "?(\w+)', sql)
    return found[2] if found and found[1] != "SAVEPOINT" else sql[:20]


def seen(browser, name, case, city):
    address = reverse(name, kwargs=case.args)
    size = "page_size" if name.startswith("api:") else "size"
    return Seen(browser, address, {**bodies.query(name, city), size: 100})


def someone_who_sees_rows(name, city, browsers):
    """Return a browser and a thing for which the list is not empty."""
    roles = sorted(browsers, key=lambda role: FIRST.index(role) if role in FIRST else 99)
    for role in roles:
        for case in city.cases(ROUTES[name].kind).values():
            if seen(browsers[role], name, case, city).total:
                return browsers[role], case
    raise AssertionError(f"nobody in the city sees a row in {name}: add one to tests/permissions")


def check(name, city, browsers):
    """Hold a list of one or a few rows against the same list of three hundred more."""
    if name in SEEDS:
        SEEDS[name](city)
    browser, case = someone_who_sees_rows(name, city, browsers)
    before = seen(browser, name, case, city)
    thing = next(iter(before.rows[:1]))
    if source := {**MADE_OF, **FIXED}.get(name):
        thing = source(city, thing, case)
    assert isinstance(thing, Model), f"say in MADE_OF what the rows of {name} are made of"
    wanted, tried = 0 if name in FIXED else CUT.get(name, MANY), []
    for way in ways(thing):
        with transaction.atomic():
            try:
                clones(thing, MANY, way)
                after = seen(browser, name, case, city)
                tried.append((way, after.total - before.total))
            except CannotGrow as error:
                tried.append((way, str(error)))
            transaction.set_rollback(True)
        if tried[-1][1] == wanted:
            break

    assert tried[-1][1] == wanted, tried
    # Never more; less where the copies on the page have no rows of their own below them.
    assert after.cost - before.cost == Counter()


@pytest.mark.parametrize("name", [name for name in LISTS if name not in APART])
def test_a_list_costs_the_same_for_a_few_rows_and_for_three_hundred(name, city, browsers):
    with transaction.atomic():
        check(name, city, browsers)
        transaction.set_rollback(True)


def test_no_list_stands_apart_that_is_none():
    assert sorted({*APART, *MADE_OF, *FIXED, *SEEDS} - set(LISTS)) == []
    assert resolve("/").url_name == "board"
    assert {"web:board", "web:desk", "api:challenge-list", "api:record-list"} <= set(LISTS)
