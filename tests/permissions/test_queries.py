"""Every list of the platform costs the same number of queries for a few rows and for 300.

The lists are found in the address book: whatever answers with a page of rows. Each is asked as
whoever sees something there; one of its rows is then made three hundred.
"""

import inspect

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from api.views import Resource
from tests.permissions import bodies, doors, table
from tests.permissions.growing import clones

pytestmark = pytest.mark.django_db
MANY = 297
# Lists that have nothing to grow, each for its reason; their own tests count their queries.
APART = {
    "api:match-list": "rows are the matcher's",
    "api:need-match-matches": "rows are the matcher's",
    "api:challenge-match-matches": "rows are the matcher's",
    "api:achievement-match-matches": "rows are the matcher's",
    "api:unit-match-matches": "rows are the matcher's",
    "api:need-alike-alike": "rows are the matcher's",
    "api:challenge-alike-alike": "rows are the matcher's",
    "api:expert-conflicts": "edges are reckoned from one profile and one challenge",
    "api:proposal-review-feedback": "texts of at most a panel",
}
ROUTES = table.read_routes()


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
        Resource.page = page
        try:
            with CaptureQueriesContext(connection) as queries:
                self.answer = browser.get(address, query)
        finally:
            Resource.page = usual
        self.count = len(queries)
        self.asked = [each["sql"] for each in queries]

    @property
    def rows(self):
        """Return all rows that are listed, whatever the page shows of them."""
        if self.answer.status_code != 200:
            return []
        context = getattr(self.answer, "context", None)
        if context is not None and "page_obj" in context:
            return context["page_obj"].paginator.object_list
        return self.kept[0] if self.kept else []

    def total(self):
        return len(self.rows) if isinstance(self.rows, list) else self.rows.count()


def seen(browser, name, case, city):
    address = reverse(name, kwargs=case.args)
    size = "page_size" if name.startswith("api:") else "size"
    return Seen(browser, address, {**bodies.query(name, city), size: 100})


def someone_who_sees_rows(name, city, browsers):
    """Return a browser and a thing for which the list is not empty."""
    for case in city.cases(ROUTES[name].kind).values():
        for browser in browsers.values():
            shown = seen(browser, name, case, city)
            if shown.total() and isinstance(shown.rows[0], Model):
                return browser, case
    raise AssertionError(f"nobody in the city sees a row in {name}: add one to tests/permissions")


@pytest.mark.parametrize("name", [name for name in LISTS if name not in APART])
def test_a_list_costs_the_same_for_a_few_rows_and_for_three_hundred(name, city, browsers):
    browser, case = someone_who_sees_rows(name, city, browsers)
    before = seen(browser, name, case, city)
    for last in (False, True):
        with transaction.atomic():
            clones(before.rows[0], MANY, last=last)
            after = seen(browser, name, case, city)
            grown = after.total() - before.total()
            transaction.set_rollback(True)
        if grown == MANY:
            break

    assert grown == MANY
    assert after.count == before.count, "\n".join(sorted(set(after.asked) - set(before.asked)))


def test_no_list_stands_apart_that_is_none():
    assert sorted(set(APART) - set(LISTS)) == []
    assert resolve("/").url_name == "board"
    assert {"web:board", "web:desk", "api:challenge-list", "api:record-list"} <= set(LISTS)
