"""The desk of contract templates: take one, edit it in Word, give it back, go back."""

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from jiebang.common.errors import DomainError
from jiebang.documents import facts, policies, queries, services
from jiebang.documents.models import Template
from jiebang.documents.states import TemplateKind
from jiebang.files import kinds
from jiebang.web.access import Request, signed_in
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render


class TemplateForm(ServiceForm):
    """A new version of a template."""

    kind = forms.ChoiceField(label="用途", choices=TemplateKind)
    file = forms.FileField(
        label="Word 模板",
        widget=forms.FileInput(attrs={"accept": ",".join(kinds.DOCX.endings)}),
        help_text="先下载正在使用的模板，在 Word 里修改后再提交；提交时会试填一遍。",
    )
    why = forms.CharField(label="修改说明", max_length=200)


@signed_in
def desk(request: Request) -> HttpResponse:
    """Show the templates in use and their versions, and take a new one."""
    policies.may_see_templates(request.user).enforce()
    edits = bool(policies.may_edit_templates(request.user))
    form = TemplateForm(request.POST or None, request.FILES or None) if edits else None
    if request.method == "POST":
        policies.may_edit_templates(request.user).enforce()
        if form is not None and form.is_valid():
            typed = form.cleaned_data
            try:
                made = services.give_template(
                    kind=typed["kind"],
                    upload=typed["file"],
                    name=typed["file"].name,
                    why=typed["why"],
                    actor=request.user,
                )
            except DomainError as refusal:
                apply_errors(form, refusal)
            else:
                messages.success(request, f"{made}已启用，此后生成的合同文本使用这一版")
                return redirect("web:contract-templates")
    context = {
        "form": form,
        "kinds": [
            (kind, queries.used(kind), list(queries.templates(kind))) for kind in TemplateKind
        ],
        "names": facts.NAMES.items(),
    }
    wrong = form is not None and bool(form.errors)
    return render(request, "officer/contract_templates.html", context, status=422 if wrong else 200)


@signed_in
@require_POST
def use(request: Request, pk: int) -> HttpResponseRedirect:
    """Use an earlier version again."""
    policies.may_see_templates(request.user).enforce()
    template = get_object_or_404(Template, pk=pk)
    services.use_template(template=template, actor=request.user)
    messages.success(request, f"已改用{template}")
    return redirect("web:contract-templates")


@signed_in
@require_POST
def use_builtin(request: Request, kind: str) -> HttpResponseRedirect:
    """Go back to the built-in one."""
    if kind not in TemplateKind.values:
        raise Http404
    services.use_builtin(kind=kind, actor=request.user)
    messages.success(request, "已改回内置模板")
    return redirect("web:contract-templates")


@signed_in
def download(request: Request, kind: str, number: int) -> HttpResponseBase:
    """Hand a template out; number 0 is the built-in one."""
    policies.may_see_templates(request.user).enforce()
    if kind not in TemplateKind.values:
        raise Http404
    template = get_object_or_404(Template, kind=kind, number=number) if number else None
    name = template.name if template else f"{TemplateKind(kind).label}-内置模板.docx"
    return FileResponse(
        services.template_file(kind, template),
        as_attachment=True,
        filename=name,
        content_type=kinds.DOCX.media,
    )
