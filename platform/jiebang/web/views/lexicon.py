"""The dictionary desk: words by chain, a trial of the draft, versions applied and undone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.accounts.models import PlatformRole
from jiebang.common.errors import DomainError
from jiebang.jobs import queries as jobs
from jiebang.lexicons import files, queries, services
from jiebang.lexicons.models import Entry, Version
from jiebang.lexicons.states import Kind
from jiebang.library import queries as library
from jiebang.library.states import COLLECTED
from jiebang.recommendations import rounds, trial
from jiebang.recommendations.outbox import REWORD
from jiebang.taxonomy import queries as taxonomy
from jiebang.taxonomy.models import IndustryChain
from jiebang.web.access import Request, requires_role
from jiebang.web.board_filters import ListFilter
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.views.officer import BUREAU

WORDS_SHOWN = 20


class WordFilter(ListFilter):
    """Words, kind and chain of the draft's entries."""

    q = forms.CharField(label="查找词语", required=False, max_length=40)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Kind.choices])
    chain = forms.ChoiceField(
        label="产业链",
        required=False,
        choices=lambda: [("", "全部"), *((c.code, c.name) for c in taxonomy.chains())],
    )

    def apply(self, rows: Any) -> Any:
        """Return the entries that the filters leave."""
        if text := self.value("q"):
            rows = rows.filter(Q(word__icontains=text) | Q(canonical__icontains=text))
        if kind := self.value("kind"):
            rows = rows.filter(kind=kind)
        if code := self.value("chain"):
            rows = rows.filter(chain__code=code)
        return rows


class WordForm(ServiceForm):
    """A word, what becomes of it, and why."""

    kind = forms.ChoiceField(label="类别", choices=Kind.choices, widget=forms.RadioSelect)
    word = forms.CharField(label="词语", max_length=40)
    canonical = forms.CharField(
        label="标准词", max_length=40, required=False, help_text="只有同义词填写：与哪个词同义"
    )
    chain = forms.ModelChoiceField(
        label="产业链",
        queryset=IndustryChain.objects.filter(active=True),
        required=False,
        empty_label="各产业链通用",
    )
    why = forms.CharField(label="理由", max_length=120)


class TrialForm(ListFilter):
    """What the draft is tried on."""

    sentence = forms.CharField(
        label="试切一句话", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    need = forms.CharField(
        label="试排一条需求", required=False, max_length=20, help_text="需求编号，如 XQ-2026-00012"
    )


class WhyForm(ServiceForm):
    """Why a version is made, or taken back."""

    why = forms.CharField(label="说明", max_length=200)


class FileForm(ServiceForm):
    """A table of words that replaces the draft."""

    file = forms.FileField(
        label="词表文件",
        help_text="制表符分隔的文本，栏目与导出的相同；导入后替换整个草稿",
        widget=forms.FileInput(attrs={"accept": ".tsv,.txt"}),
    )


@requires_role(*BUREAU)
def desk(request: Request) -> HttpResponse:
    """Show the draft, what it would change, and the versions."""
    return _desk(request)


@requires_role(PlatformRole.OFFICER)
@require_POST
def add(request: Request) -> HttpResponse:
    """Put a word into the draft."""
    form = WordForm(request.POST, auto_id="word-%s")
    if form.is_valid():
        try:
            made = services.add(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"“{made}”已加入草稿，发布后生效。")
            return redirect("web:lexicon")
    return _desk(request, word_form=form)


@requires_role(PlatformRole.OFFICER)
@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    """Take a word out of the draft."""
    entry = found(Entry.objects.filter(version=None), pk)
    services.remove(actor=request.user, entry=entry)
    messages.success(request, f"“{entry}”已从草稿移除，发布后生效。")
    return redirect("web:lexicon")


@requires_role(PlatformRole.OFFICER)
@require_POST
def publish(request: Request) -> HttpResponse:
    """Make a version of the draft and apply it in the background."""
    form = WhyForm(request.POST, auto_id="publish-%s")
    if form.is_valid():
        try:
            choice = services.publish(actor=request.user, why=form.cleaned_data["why"])
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"{choice}已发布，正在后台重建索引；完成前仍按原版本匹配。")
            return redirect("web:lexicon")
    return _desk(request, publish_form=form)


@requires_role(PlatformRole.OFFICER)
@require_POST
def back(request: Request, number: int) -> HttpResponse:
    """Apply an earlier version again in the background."""
    choice = services.go_back(actor=request.user, number=number, why=request.POST.get("why", ""))
    messages.success(request, f"正在退回{choice}，完成前仍按原版本匹配。")
    return redirect("web:lexicon")


@requires_role(PlatformRole.OFFICER)
@require_POST
def take(request: Request) -> HttpResponse:
    """Replace the draft by a table."""
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            rows = files.read(form.cleaned_data["file"].read())
            count = services.replace(actor=request.user, rows=rows)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"已导入 {count} 条，草稿已替换，发布后生效。")
            return redirect("web:lexicon")
    return _desk(request, file_form=form)


@requires_role(*BUREAU)
def export(request: Request) -> HttpResponse:
    """Return the draft, or a version, as a table."""
    asked = request.GET.get("version", "")
    version = found(Version.objects.all(), int(asked)) if asked.isdigit() else None
    name = f"lexicon-{version.number if version else 'draft'}.tsv"
    content = files.written(queries.entries_of(version))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    kind = "text/tab-separated-values; charset=utf-8"
    return HttpResponse(content, content_type=kind, headers=headers)


def _desk(request: Request, **typed: forms.Form) -> HttpResponse:
    form, tried = WordFilter(request.GET), TrialForm(request.GET)
    chosen, serving = queries.chosen(), queries.in_effect()
    base = chosen.version if chosen else None
    rows = form.apply(queries.entries_of(None))
    counts = queries.counts(None)
    waits = chosen is not None and chosen.effective_at is None
    going = rounds.listed().filter(ended_at=None, choice=chosen).first() if waits else None
    asked = jobs.visible_to(request.user).filter(name=REWORD).order_by("-pk")
    queued = asked.first() if waits and not going else None
    context: dict[str, Any] = {
        "form": form,
        "trial": tried,
        "page_obj": page_of(request, rows, size=WORDS_SHOWN),
        "counts": [(label, counts[kind]) for kind, label in Kind.choices],
        "difference": queries.draft_differs_from(base),
        "versions": list(queries.versions()[:20]),
        "chosen": chosen,
        "serving": serving,
        "round": going,
        "job": queued if queued and not queued.is_over else None,
        "may_change": request.user.has_role(PlatformRole.OFFICER),
        "word_form": WordForm(initial={"kind": Kind.TERM}, auto_id="word-%s"),
        "publish_form": WhyForm(auto_id="publish-%s"),
        "file_form": FileForm(),
        **_tried(request, tried),
        **typed,
    }
    status = 422 if any(each.errors for each in typed.values()) else 200
    part = "" if typed else "officer/_lexicon_words.html"
    return render(request, "officer/lexicon.html", context, part=part, status=status)


def _tried(request: Request, form: TrialForm) -> dict[str, Any]:
    """Return what the draft does to the sentence and to the need's results."""
    shown: dict[str, Any] = {}
    if sentence := form.value("sentence"):
        shown["cut"] = trial.cut(sentence)
    if number := form.value("need"):
        key = number.strip().rpartition("-")[2]
        needs = library.visible_to(request.user).filter(state__in=COLLECTED)
        need = needs.filter(pk=int(key)).first() if key.isascii() and key.isdigit() else None
        if need is None:
            return {**shown, "trial_refused": "没有这个编号的需求，或者它不参与匹配"}
        try:
            return {**shown, "tried_need": need, "moved": trial.rankings(need.pk)}
        except DomainError as refusal:
            shown["trial_refused"] = str(refusal)
    return shown
