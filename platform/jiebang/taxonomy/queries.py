"""Questions asked of the reference data; only what is in use is offered."""

import re

from django.db.models import Prefetch, Q, QuerySet

from jiebang.common.text import fold
from jiebang.taxonomy.models import ChainNode, District, IndustryChain, TechField

# What lists put between or behind the words of a field's name without meaning anything by it.
_NOISE = re.compile(r"[\s、，,/／·・()（）“”\"-]+|(领域|产业|行业)$")


def name_key(name: str) -> str:
    """Return the form in which a field's name is kept and looked up."""
    return _NOISE.sub("", fold(name).strip())


def districts() -> QuerySet[District]:
    """Return the towns and parks, in their usual order."""
    return District.objects.filter(active=True)


def field_tree() -> QuerySet[TechField]:
    """Return the top fields, each with its branches in `children`; two queries."""
    branches = Prefetch("children", TechField.objects.filter(active=True))
    return TechField.objects.filter(active=True, parent=None).prefetch_related(branches)


def fields_under(code: str) -> set[int]:
    """Return the keys of a field and of its branches; none for a code that nobody has."""
    found = TechField.objects.filter(Q(code=code) | Q(parent__code=code))
    return set(found.values_list("pk", flat=True))


def find_field(name_or_code: str) -> TechField | None:
    """Return the field with this code, or met elsewhere under this name; None if unknown."""
    wanted = Q(code=name_or_code) | Q(names__name=name_key(name_or_code))
    return TechField.objects.filter(wanted, active=True).select_related("parent").first()


def chains() -> QuerySet[IndustryChain]:
    """Return the industry chains, each with its links in `nodes`; two queries."""
    links = Prefetch("nodes", ChainNode.objects.filter(active=True))
    return IndustryChain.objects.filter(active=True).prefetch_related(links)
