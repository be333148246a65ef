"""Doing one thing with the ticked rows of a list."""

from django import forms
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from jiebang.batches import services
from jiebang.batches.deeds import Given
from jiebang.common.errors import Invalid
from jiebang.web.access import Request, signed_in
from jiebang.web.bulk import tell
from jiebang.web.forms import ServiceForm


class GivenForm(ServiceForm):
    """What is typed for all rows."""

    note = forms.CharField(label="意见", max_length=500, required=False)
    opens_at = forms.DateTimeField(label="张榜时间", required=False)
    closes_at = forms.DateTimeField(label="揭榜截止时间", required=False)
    challenge = forms.IntegerField(label="榜题", required=False)


@signed_in
@require_POST
def run(request: Request, deed: str) -> HttpResponseRedirect:
    """Do it with each ticked row by itself, say what became of each, and go back to the list."""
    form = GivenForm(request.POST)
    if not form.is_valid():
        faults = {name: [str(each) for each in said] for name, said in form.errors.items()}
        said = "；".join(each for texts in faults.values() for each in texts)
        raise Invalid(f"没有办理：{said}", fields=faults)
    ticked = request.POST.getlist("chosen")
    chosen = [int(key) for key in ticked if key.isascii() and key.isdigit()]
    given = Given(**form.cleaned_data)
    outcome = services.run(code=deed, actor=request.user, chosen=chosen, given=given)
    tell(request, deed, outcome)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if safe else "web:desk")
