"""How well the texts of experts and needs fit: the platform's matcher, asked the other way."""

from collections.abc import Iterable, Mapping, Sequence

from jiebang.experts.models import Expert
from jiebang.library.models import TechNeed
from matching import Document, Index

Fits = Mapping[int, Mapping[int, float]]


def fits(experts: Sequence[Expert], needs: Iterable[TechNeed]) -> Fits:
    """Return by need and expert (keys) how well the profile fits the need, from 0 to 1."""
    index = Index.build(_profile(expert) for expert in experts)
    found: dict[int, dict[int, float]] = {}
    for need in needs:
        matches = index.search(_asked(need), k=max(len(experts), 1), floor=0.0).matches
        found[need.pk] = {int(match.key): match.score for match in matches}
    return found


def _profile(expert: Expert) -> Document:
    fields = "、".join(field.full_name for field in expert.fields.all())
    texts = {"title": expert.keywords, "keywords": fields, "body": expert.profile}
    return Document(str(expert.pk), texts)


def _asked(need: TechNeed) -> Document:
    texts = {
        "title": need.title,
        "keywords": need.keywords,
        "body": f"{need.main_problem}\n{need.key_technology}\n{need.expected_goal}",
    }
    return Document(str(need.pk), texts)
