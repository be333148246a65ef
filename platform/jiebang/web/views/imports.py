"""Taking in files: upload, progress, and the report of every row that was not taken in."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from jiebang.accounts.models import PlatformRole
from jiebang.common.errors import DomainError
from jiebang.imports import services
from jiebang.imports.services import LARGEST, SUFFIXES
from jiebang.jobs import queries as jobs
from jiebang.jobs.models import Job
from jiebang.web.access import Request, requires_role
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.tables import JOBS

JOB = "imports.run"
NOTE = "提示："


class ImportForm(ServiceForm):
    """What is in the file, and the file."""

    kind = forms.ChoiceField(
        label="导入内容",
        choices=[(key, mapping.LABEL) for key, mapping in services.KINDS.items()],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="文件",
        help_text=f"{'、'.join(SUFFIXES)} 文件，不超过 {LARGEST} MB；第一行写栏目名称。",
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={"empty": "文件是空的，请核对后重新选择"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].error_messages["required"] = "请选择文件"


@requires_role(PlatformRole.OFFICER)
def import_list(request: Request) -> HttpResponseBase:
    """Take a file, and list the imports so far."""
    typed, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ImportForm(typed, files, initial={"kind": next(iter(services.KINDS))})
    if form.is_valid():
        try:
            file = form.cleaned_data["file"]
            job = services.take(
                actor=request.user, kind=form.cleaned_data["kind"], name=file.name, file=file
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            return redirect("web:import", job.pk)
    orders = jobs.visible_to(request.user).filter(name=JOB).select_related("owner")
    if file := JOBS.file(request, orders):
        return file
    context = {
        "form": form,
        "columns": [_columns(mapping) for mapping in services.KINDS.values()],
        "page_obj": page_of(request, orders, table=JOBS),
    }
    return render(request, "officer/imports.html", context, status=422 if form.errors else 200)


@requires_role(PlatformRole.OFFICER)
def import_page(request: Request, pk: int) -> HttpResponse:
    """Show how far an import is, and once it is over its report."""
    job = found(jobs.visible_to(request.user).filter(name=JOB), pk)
    context = {
        "job": job,
        "poll_url": address("import", pk),
        "result": _report(job) if job.state == job.State.DONE else None,
    }
    return render(request, "officer/import.html", context, part="officer/_import.html")


def _report(job: Job) -> dict[str, Any]:
    """Return the job's result; of its lines, what was noticed besides the faults."""
    notes = [line for line in job.result.get("lines", ()) if line.startswith(NOTE)]
    return {**job.result, "notes": [line.removeprefix(NOTE) for line in notes]}


def _columns(mapping: type[Any]) -> dict[str, Any]:
    names = [(headings[0], name in mapping.REQUIRED) for name, headings in mapping.COLUMNS.items()]
    return {"label": mapping.LABEL, "names": names}
