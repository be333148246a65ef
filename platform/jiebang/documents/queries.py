"""Questions asked of contract texts."""

from django.db.models import QuerySet

from jiebang.contracts.models import Contract
from jiebang.documents.models import ContractText, Registration, Template
from jiebang.documents.states import TemplateKind


def kind_for(contract: Contract) -> TemplateKind:
    """Return which paper a contract is written on."""
    return TemplateKind.CONTRACT if contract.award_id else TemplateKind.COMMISSION


def used(kind: str) -> Template | None:
    """Return the template in use; None means the built-in one."""
    used_one = Template.objects.filter(kind=kind, is_used=True).select_related("content")
    return used_one.first()


def templates(kind: str) -> QuerySet[Template]:
    """Return the versions of a template, the newest first."""
    return Template.objects.filter(kind=kind).select_related("made_by", "content")


def texts_of(contract: Contract) -> QuerySet[ContractText]:
    """Return the texts of a contract with their signed copies, the newest first."""
    texts = contract.texts.select_related("word", "pdf", "template")
    return texts.prefetch_related("copies__content", "copies__added_by")


def current(contract: Contract) -> ContractText | None:
    """Return the text of the contract's present version, if it has been made."""
    return texts_of(contract).filter(version=contract.version).first() if contract.version else None


def registration_of(contract: Contract) -> Registration | None:
    """Return the registration, if one was begun."""
    return Registration.objects.filter(contract=contract).first()
