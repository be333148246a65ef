"""Files on things: adding, replacing, removing, and opening them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from jiebang.accounts.models import User
from jiebang.common.errors import Invalid
from jiebang.files import kinds, policies, queries, services
from jiebang.files.models import Attachment
from jiebang.web.access import Request, open_to_all, signed_in
from jiebang.web.htmx import render, wants_part

PART = "_partials/attachments.html"


class AttachmentForm(forms.Form):
    """A file, where it belongs, and whether it is confidential."""

    slot = forms.CharField(max_length=30)
    file = forms.FileField(error_messages={"required": "请选择文件", "empty": "文件是空的"})
    confidential = forms.BooleanField(required=False)
    reason = forms.CharField(required=False, max_length=300)
    tier = forms.CharField(required=False, max_length=8)
    replaces = forms.IntegerField(required=False)


def shelves_for_all(things: Sequence[models.Model], actor: User | None) -> list[dict[str, Any]]:
    """Return the same as `shelves_for` for things of one kind, their files in one query."""
    rows = queries.by_thing(things)
    return [shelves_for(thing, actor, rows[thing.pk]) for thing in things]


def shelves_for(
    thing: models.Model, actor: User | None, rows: Iterable[Attachment] | None = None
) -> dict[str, Any]:
    """Return what `_partials/attachments.html` needs to show a thing's files to a person."""
    holder = policies.holder_of(thing)
    shelves = queries.shelves(thing, actor, rows)
    return {
        "holder": holder.name,
        "part": f"files-{holder.name}-{thing.pk}",  # several things of one kind share a page
        "thing_id": thing.pk,
        "shelves": shelves,
        "tiers": holder.tiers,
        "has_any": any(shelf.files for shelf in shelves),
        "writes": actor is not None and bool(policies.may_write(actor, thing)),
        "accept": ",".join(ending for kind in kinds.KINDS for ending in kind.endings),
    }


@signed_in
@require_POST
def add(request: Request, holder: str, pk: int) -> HttpResponse:
    """Take a file in, or a new version in place of an earlier one."""
    thing = queries.thing_of(holder, pk, request.user)
    policies.may_write(request.user, thing).enforce()
    form = AttachmentForm(request.POST, request.FILES)
    if not form.is_valid():
        fields = {name: [str(each) for each in said] for name, said in form.errors.items()}
        raise Invalid("请选择要提交的文件", fields=fields)
    typed = form.cleaned_data
    earlier = None
    if typed["replaces"]:
        earlier, _ = queries.find(typed["replaces"], request.user)
    made = services.attach(
        thing=thing,
        slot=typed["slot"],
        upload=typed["file"],
        name=typed["file"].name,
        actor=request.user,
        is_confidential=typed["confidential"],
        reason=typed["reason"],
        tier=typed["tier"],
        replaces=earlier,
    )
    if made.content.is_usable:
        messages.success(request, f"已收到“{made.name}”")
    else:
        messages.warning(request, f"“{made.name}”{made.content.get_state_display()}")
    return _back(request, thing)


@signed_in
@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    """Take a file away."""
    attachment, thing = queries.find(pk, request.user)
    services.remove(thing=thing, attachment=attachment, actor=request.user)
    messages.success(request, f"已移除“{attachment.name}”")
    return _back(request, thing)


@open_to_all
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand a file out; a marked copy says on every page who opened it when."""
    reader = request.user if isinstance(request.user, User) else None
    attachment, thing = queries.find(pk, reader)
    opened = services.open_for(thing=thing, attachment=attachment, reader=reader)
    return FileResponse(
        opened.stream,
        as_attachment=True,
        filename=opened.name,
        content_type=opened.media,
        headers={"Cache-Control": "private, no-store"},
    )


def _back(request: Request, thing: models.Model) -> HttpResponse:
    if wants_part(request):
        return render(request, PART, {"files": shelves_for(thing, request.user)})
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect(page if ours else "web:desk")
