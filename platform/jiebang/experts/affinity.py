"""How well the texts of experts and needs fit: the platform's matcher, asked the other way.

They are read by the bureau's words in effect, as all else is.
"""

from collections.abc import Iterable, Mapping, Sequence

from jiebang.experts.models import Expert
from jiebang.lexicons import wordlists
from jiebang.library.models import TechNeed
from matching import Document, Index, using

Fits = Mapping[int, Mapping[int, float]]


def fits(experts: Sequence[Expert], needs: Iterable[TechNeed]) -> Fits:
    """Return by need and expert (keys) how well the profile fits the need, from 0 to 1."""
    lexicon = wordlists.in_effect()
    vectors = Index.build(map(offered, experts), lexicon=lexicon).vectors
    found: dict[int, dict[int, float]] = {}
    for need in needs:
        # The scores alone: a plan weighs thousands of pairs, and nobody reads their reasons.
        with using(lexicon):
            scores = vectors.scores(vectors.asked(asked(need)))
        found[need.pk] = {
            int(key): float(scores[part][row]) for key, (part, row) in vectors.places.items()
        }
    return found


def offered(expert: Expert) -> Document:
    """Return what an expert offers to be matched by."""
    fields = "、".join(field.full_name for field in expert.fields.all())
    texts = {"title": expert.keywords, "keywords": fields, "body": expert.profile}
    return Document(str(expert.pk), texts)


def asked(need: TechNeed) -> Document:
    """Return what a need asks of its experts."""
    texts = {
        "title": need.title,
        "keywords": need.keywords,
        "body": f"{need.main_problem}\n{need.key_technology}\n{need.expected_goal}",
    }
    return Document(str(need.pk), texts)
