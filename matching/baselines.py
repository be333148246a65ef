"""What people would reach for instead: scikit-learn's TF-IDF cosine, and BM25, both with jieba.

They read the query's title, as one types into a search box, and a document as one text.
"""

from collections.abc import Callable, Sequence

import jieba
import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from matching.rarity import Array
from matching.weights import Document

Scorer = Callable[[Document], Array]  # the score of every document, in their order
K1, B = 1.2, 0.75  # the usual settings (Robertson and Zaragoza 2009)


def tfidf(documents: Sequence[Document]) -> Scorer:
    """Return the cosine of `TfidfVectorizer(tokenizer=jieba.lcut)`."""
    vectorizer = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None)
    matrix = vectorizer.fit_transform(map(_text, documents))

    def score(query: Document) -> Array:
        found: Array = (matrix @ vectorizer.transform([_title(query)]).T).toarray().ravel()
        return found

    return score


def bm25(documents: Sequence[Document]) -> Scorer:
    """Return BM25 with the idf that cannot fall below nought, as Lucene has it."""
    vectorizer = CountVectorizer(tokenizer=jieba.lcut, token_pattern=None)
    counts = sparse.csr_matrix(vectorizer.fit_transform(map(_text, documents)), dtype=float)
    size = counts.shape[0]
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log1p((size - frequency + 0.5) / (frequency + 0.5))
    length = np.asarray(counts.sum(axis=1)).ravel()
    saturation = K1 * (1 - B + B * length / length.mean())
    rows = np.repeat(np.arange(size), np.diff(counts.indptr))
    counts.data = rarity[counts.indices] * counts.data * (K1 + 1) / (counts.data + saturation[rows])

    def score(query: Document) -> Array:
        found: Array = (counts @ vectorizer.transform([_title(query)]).T).toarray().ravel()
        return found

    return score


def _title(query: Document) -> str:
    return query.fields.get("title", "")


def _text(document: Document) -> str:
    return " ".join(filter(None, document.fields.values()))
