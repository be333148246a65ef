"""Text in, ranked and explained matches out. Knows neither Django nor the platform.

`Index.build(documents)` once, `index.search(query)` often. Every point of a score belongs to a
term; below the floor there is no match.
"""

from matching.explain import Reason
from matching.highlight import spans
from matching.index import FLOOR, Index, Match, Result
from matching.lexicon import Lexicon, shipped
from matching.storage import IndexUnreadable
from matching.text import normalise, phrases, using
from matching.weights import Document, asking

__all__ = [
    "FLOOR",
    "Document",
    "Index",
    "IndexUnreadable",
    "Lexicon",
    "Match",
    "Reason",
    "Result",
    "asking",
    "normalise",
    "phrases",
    "shipped",
    "spans",
    "using",
]
