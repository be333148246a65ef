"""`python -m matching DIR [DIR ...]`: our ranking beside the usual one, over judged pairs."""

import sys
from collections.abc import Sequence
from pathlib import Path

import jieba
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.evaluation import Ranking, evaluate, ours, read
from matching.index import Index
from matching.vectors import Document


def usual(documents: Sequence[Document]) -> Ranking:
    """Return what people would reach for: TfidfVectorizer with jieba, title and text as one."""
    vectorizer = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None)
    matrix = vectorizer.fit_transform([" ".join(d.fields.values()) for d in documents])
    keys = [document.key for document in documents]

    def rank(query: Document, k: int) -> Sequence[str]:
        asked = vectorizer.transform([" ".join(query.fields.values())])
        scores = np.asarray((matrix @ asked.T).todense()).ravel()
        return [keys[row] for row in np.argsort(-scores, kind="stable")[:k]]

    return rank


def main(folders: Sequence[str]) -> None:
    """Print one line for each collection and ranking."""
    print(f"{'collection':25}{'ranking':10}{'queries':>8}{'nDCG@10':>9}{'MRR@10':>8}{'R@10':>7}")
    for folder in map(Path, folders):
        queries, documents, judged = read(folder)
        relevant = 3 if max(g for row in judged.values() for g in row.values()) > 2 else 1
        rankings = {"usual": usual(documents), "ours": ours(Index.build(documents))}
        for name, rank in rankings.items():
            f = evaluate(queries, judged, rank, relevant=relevant)
            line = f"{f.queries:>8}{f.ndcg:>9.3f}{f.mrr:>8.3f}{f.recall:>7.3f}"
            print(f"{folder.name:24} {name:10}{line}")


if __name__ == "__main__":
    main(sys.argv[1:])
