"""The permission matrix: every role at every door, in every state of what lies behind it.

A new address needs a line in `routes.tsv`, and for it the lines in `matrix.tsv` that this test
names. `python -m scripts.permissions --propose` writes them down as the doors answer now: read
each before you keep it. `python -m scripts.permissions` writes `docs/permissions.md` anew.
"""

import pytest

from scripts import permissions
from tests.permissions import doors, table

pytestmark = pytest.mark.django_db
ROUTES, MATRIX = table.read_routes(), table.read_matrix()
VIEWS = dict(doors.routes())


def test_every_address_is_in_the_list_of_doors_and_nothing_else():
    missing = sorted(set(VIEWS) - set(ROUTES))
    assert missing == [], "write a line in tests/permissions/routes.tsv for each of these"
    gone = sorted(set(ROUTES) - set(VIEWS))
    assert gone == [], "these addresses are gone: take their lines out of routes.tsv"


@pytest.mark.parametrize("name", [n for n in ROUTES if n in VIEWS and doors.methods_of(VIEWS[n])])
def test_an_operation_is_listed_with_all_its_methods(name):
    listed = {"POST" if method == "步骤" else method for method in ROUTES[name].methods}
    assert listed == set(doors.methods_of(VIEWS[name]))


def test_the_table_has_a_line_for_every_door_way_and_state_and_no_other(city):
    wanted = {line for route in ROUTES.values() for line in doors.lines(route, city)}
    missing = sorted(map(str, wanted - set(MATRIX)))
    assert missing == [], "python -m scripts.permissions --propose writes these lines; read them"
    assert sorted(map(str, set(MATRIX) - wanted)) == [], "no door asks for these lines"


@pytest.mark.parametrize("line", MATRIX, ids=str)
def test_everybody_is_answered_as_the_table_says(line, city, browsers):
    answers = {role: doors.knock(browser, line, city) for role, browser in browsers.items()}

    assert answers == MATRIX[line]


def test_the_document_says_what_the_table_says():
    kept = permissions.DOCUMENT.read_text("utf-8")
    assert kept == permissions.document(), "run: python -m scripts.permissions"
