"""Background jobs: how far they are."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from jiebang.jobs import queries
from jiebang.web.access import Request, signed_in
from jiebang.web.htmx import wants_part
from jiebang.web.listing import found, page_of
from jiebang.web.tables import JOBS


@signed_in
def jobs(request: Request) -> HttpResponseBase:
    """List the jobs this person may see, newest first."""
    rows = queries.visible_to(request.user)
    if file := JOBS.file(request, rows):
        return file
    context = {"page_obj": page_of(request, rows, table=JOBS)}
    return render(request, "jobs/jobs.html", context)


@signed_in
def job(request: Request, pk: int) -> HttpResponse:
    """Show one job; its progress asks again every second until it is over."""
    thing = found(queries.visible_to(request.user), pk)
    template = "_partials/job_progress.html" if wants_part(request) else "jobs/job.html"
    poll_url = reverse("web:job", args=[pk])
    return render(request, template, {"job": thing, "poll_url": poll_url})
