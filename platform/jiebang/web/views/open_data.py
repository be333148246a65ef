"""Open data: what is published for machines, and where to take it."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from jiebang.ocds import queries
from jiebang.web.access import open_to_all
from jiebang.web.htmx import render
from jiebang.web.listing import PAGE_SIZE


@open_to_all
def open_data(request: HttpRequest) -> HttpResponse:
    """List the processes that are public, with the address of each record."""
    asked = request.GET.get("method", "")
    method = asked if asked in queries.METHODS else ""
    page = Paginator(queries.processes(method), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "method": method,
        "methods": queries.METHODS.items(),
        "page_obj": page,
        "rows": [
            {
                "thing": thing,
                "when": when,
                "ocid": queries.ocid_of(thing),
                "how": queries.METHODS[queries.method_of(thing)],
                "direct": queries.method_of(thing) == "direct",
            }
            for when, thing in page
        ],
    }
    return render(request, "public/open_data.html", context)
