"""Making the texts of contracts, keeping signed copies, choosing templates."""

import io
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models import Max

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common.errors import Conflict, Invalid, RuleBroken, WrongState
from jiebang.contracts.models import Contract
from jiebang.contracts.states import Side, State
from jiebang.documents import builtin, facts, policies, queries, registry
from jiebang.documents.models import ContractText, SignedCopy, Template
from jiebang.documents.states import TemplateKind
from jiebang.files import kinds, store
from jiebang.files import services as files
from jiebang.files.models import Content
from jiebang.papers import pdf, templates, word

MAKE = "documents.make"
KEPT = (State.SIGNING, State.RUNNING)


def draft(contract: Contract) -> bytes:
    """Return how the contract reads now, as Word."""
    return templates.fill(_template(contract), facts.of(contract))


def as_pdf(document: bytes, foot: str = "") -> bytes:
    """Return a Word text as PDF, with its fonts."""
    paper = word.read(io.BytesIO(document))
    return pdf.write(paper.with_foot(foot))


@transaction.atomic
def make(*, contract: Contract) -> ContractText:
    """Make the text of the contract's present version; asked again, it returns the same one."""
    if not contract.version:
        raise WrongState("合同还没有送签，只能预览草稿", code="not_proposed")
    known = queries.current(contract)
    if known is not None:
        return known
    used = queries.used(queries.kind_for(contract))
    document = draft(contract)
    printed = as_pdf(document, f"{contract.number} 第 {contract.version} 版")
    made = files.keep_made(printed, kinds.PDF)
    try:
        with transaction.atomic():
            text = ContractText.objects.create(
                contract=contract,
                version=contract.version,
                template=used,
                word=files.keep_made(document, kinds.DOCX),
                pdf=made,
                digest=made.digest,
            )
    except IntegrityError:  # two made it at once, of the same facts
        return queries.texts_of(contract).get(version=contract.version)
    audit.record(
        actor=None,
        thing=text,
        action="make",
        label="生成合同文本",
        detail={"version": text.version, "sha256": text.digest},
    )
    return text


@transaction.atomic
def deposit(
    *, contract: Contract, side: str, actor: User, upload: IO[bytes] | None = None, name: str = ""
) -> SignedCopy:
    """Keep a side's signed copy of the present text, or let the electronic seal make it.

    Raises Conflict when the side has handed in its copy of this version.
    """
    policies.may_deposit(actor, contract, side).enforce()
    if contract.state not in KEPT:
        raise WrongState("合同送签后才能提交签署件", code="not_proposed")
    text = make(contract=contract)
    sealed, certificate = "", {}
    if upload is None:
        provider = registry.sealer()
        if provider is None:
            said = "请选择签字盖章后的扫描件（PDF）"
            raise Invalid(said, code="file_required", fields={"file": [said]})
        unit = contract.poster if side == Side.POSTER else contract.solver
        made = provider.seal(
            store.path_of(text.pdf.digest).read_bytes(),
            side=side,
            unit=unit.name if unit and side != Side.BUREAU else "",
            uscc=unit.uscc if unit and side != Side.BUREAU else "",
            signer=actor.display_name,
        )
        upload, name = io.BytesIO(made.pdf), f"{contract.number}-{Side(side).label}.pdf"
        sealed, certificate = provider.name, dict(made.certificate)
    content = files.keep_handed(upload, name, (kinds.PDF, kinds.OFD))
    try:
        with transaction.atomic():
            copy = SignedCopy.objects.create(
                text=text,
                side=side,
                name=name[-160:],
                content=content,
                digest=content.digest,
                sealed_with=sealed,
                certificate=certificate,
                added_by=actor,
            )
    except IntegrityError as error:
        said = f"{Side(side).label}已经提交了第 {text.version} 版的签署件"
        raise Conflict(said, code="copy_there_already", fields={"file": [said]}) from error
    audit.record(
        actor=actor,
        thing=copy,
        action="deposit",
        label="提交签署件",
        detail={"side": side, "version": text.version, "sha256": content.digest},
    )
    return copy


@transaction.atomic
def give_template(*, kind: str, upload: IO[bytes], name: str, why: str, actor: User) -> Template:
    """Take in a new version of a template and use it from now on; it is tried before."""
    policies.may_edit_templates(actor).enforce()
    if not why.strip():
        said = "请写明改了什么、为什么改"
        raise Invalid(said, code="reason_required", fields={"why": [said]})
    content = files.keep_handed(upload, name, (kinds.DOCX,))
    path = store.path_of(content.digest)
    with path.open("rb") as file:
        if unknown := sorted(templates.places(file) - facts.NAMES.keys()):
            said = f"模板里有平台不认识的名称：{'、'.join(unknown)}；可用的名称见下表"
            raise Invalid(said, code="template_faulty", fields={"file": [said]})
    with path.open("rb") as file:
        templates.fill(file, facts.sample())
    newest = Template.objects.filter(kind=kind).aggregate(n=Max("number"))["n"] or 0
    try:
        with transaction.atomic():
            made = Template.objects.create(
                kind=TemplateKind(kind),
                number=newest + 1,
                name=name[-160:],
                content=content,
                why=why.strip()[:200],
                made_by=actor,
            )
    except IntegrityError as error:
        raise Conflict("刚刚有人提交了新版模板，请刷新后再提交", code="template_race") from error
    audit.record(actor=actor, thing=made, action="give", label="提交合同模板", note=made.why)
    use_template(template=made, actor=actor)
    return made


@transaction.atomic
def use_template(*, template: Template, actor: User) -> Template:
    """Use this version from now on; texts that were made stay as they are."""
    policies.may_edit_templates(actor).enforce()
    if template.is_used:
        raise Conflict("这一版正在使用", code="used_already")
    of_kind = Template.objects.select_for_update().filter(kind=template.kind)
    of_kind.filter(is_used=True).update(is_used=False)
    of_kind.filter(pk=template.pk).update(is_used=True)
    template.is_used = True
    audit.record(actor=actor, thing=template, action="use", label="启用合同模板")
    return template


@transaction.atomic
def use_builtin(*, kind: str, actor: User) -> None:
    """Go back to the built-in template."""
    policies.may_edit_templates(actor).enforce()
    used = queries.used(kind)
    if used is None:
        raise RuleBroken("现在用的就是内置模板", code="used_already")
    Template.objects.filter(pk=used.pk).update(is_used=False)
    audit.record(actor=actor, thing=used, action="retire", label="停用，改回内置模板")


def template_file(kind: str, template: Template | None) -> IO[bytes]:
    """Return a template as Word, the built-in one without a version."""
    if template is None:
        return io.BytesIO(builtin.template(kind))
    return store.path_of(template.content.digest).open("rb")


def content_file(content: Content) -> IO[bytes]:
    """Return the bytes of a text or a copy."""
    return store.path_of(content.digest).open("rb")


def _template(contract: Contract) -> IO[bytes]:
    kind = queries.kind_for(contract)
    with template_file(kind, queries.used(kind)) as file:
        return io.BytesIO(file.read())
