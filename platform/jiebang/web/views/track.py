"""The track record: an officer notes a dispute, the unit answers an item."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.acceptance import track
from jiebang.acceptance.models import TrackItem
from jiebang.contracts import queries as contracts
from jiebang.web.access import Request, signed_in
from jiebang.web.listing import address, found


@signed_in
@require_POST
def dispute(request: Request, pk: int) -> HttpResponseRedirect:
    """Note that a contract is disputed."""
    contract = found(contracts.visible_to(request.user), pk)
    track.dispute(contract=contract, actor=request.user, text=request.POST.get("note", ""))
    messages.success(request, "争议已登记，承担单位可以在单位页面答复")
    return redirect("web:contract", pk)


@signed_in
@require_POST
def answer(request: Request, pk: int) -> HttpResponseRedirect:
    """Let the unit answer an item of its track record."""
    item = found(TrackItem.objects.select_related("organization", "contract"), pk)
    track.answer(item=item, actor=request.user, text=request.POST.get("note", ""))
    messages.success(request, "答复已发布在履约记录旁")
    return redirect(f"{address('unit', item.organization_id)}#track-{item.pk}")
