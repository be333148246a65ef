"""Tables become cards on a phone, and each cell then says what it is."""

import re

from scripts.places import ROOT

FOLDER = ROOT / "frontend_templates"
# Narrow as they are, or laid out by styles of their own.
OTHERWISE = {"sheet-table", "table-sm", "compare"}
# The numbers behind a chart: as many columns as the chart has lines.
CHART = "_partials/chart.html"


def _tables():
    for file in sorted(FOLDER.rglob("*.html")):
        name = str(file.relative_to(FOLDER))
        for classes, inner in re.findall(
            r"<table class=\"(table[^\"]*)\"[^>]*>(.*?)</table>", file.read_text("utf-8"), re.DOTALL
        ):
            yield name, set(classes.split()), inner


def test_every_table_is_made_for_a_phone():
    wide = [
        name
        for name, classes, _ in _tables()
        if "cards" not in classes and not OTHERWISE & classes and name != CHART
    ]
    assert wide == []


def test_a_cell_without_a_label_holds_something_to_press_or_to_fill_in():
    bare = [
        (name, cell)
        for name, classes, inner in _tables()
        if "cards" in classes
        for cell in re.findall(r"<td>(.*?)</td>", inner, re.DOTALL)
        if not re.search(r"<(a|input|form|button|label)\b|actions\.html", cell)
    ]
    assert bare == []
