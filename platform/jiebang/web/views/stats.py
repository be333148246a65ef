"""What the public may know of the whole: counts and sums, of nobody in particular."""

from django.http import HttpRequest, HttpResponse

from jiebang.stats import queries as stats
from jiebang.stats.stages import PUBLIC_MONEY
from jiebang.web import charts
from jiebang.web.access import open_to_all
from jiebang.web.bureau_filters import CallFilter
from jiebang.web.htmx import render


@open_to_all
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the funnel, the fields and the months."""
    form = CallFilter(request.GET)
    call = form.chosen
    steps = stats.funnel(call)
    context = {
        "form": form,
        "call": call,
        "funnel": charts.funnel("funnel", "从征集到验收", steps),
        "figures": [step for step in steps if step.stage in PUBLIC_MONEY],
        "charts": [
            charts.nested_bars("by-field", "按技术领域", stats.by_field(call), None),
            charts.months("by-month", "近 12 个月", stats.monthly(call=call)),
        ],
    }
    return render(request, "stats/statistics.html", context, part="stats/_statistics.html")
