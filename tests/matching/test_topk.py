"""The pruned search finds what reading every posting finds, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import kernels, topk


def postings(size, terms, random, fields=2):
    """Return made-up postings as unevenly spread as words are: ends, documents, weights."""
    ends, documents, weights = [], [], []
    for term in range(terms):
        many = max(1, int(size / (1 + term) ** 0.9))
        rows = np.sort(random.integers(0, size, many))
        once = np.concatenate([[True] * min(many, fields), rows[fields:] != rows[:-fields]])
        rows = rows[once]  # a document has at most a posting for each field
        documents.append(rows.astype(np.int32))
        # An ordinary term gives little; a few weights are equal, so that documents tie.
        weights.append((random.integers(1, 9, len(rows)) / 8 * np.log(2 + term)).astype(np.float32))
        ends.append(len(rows))
    frozen = [np.cumsum(ends), np.concatenate(documents), np.concatenate(weights)]
    for each in frozen:
        each.flags.writeable = False
    return frozen


def test_what_a_term_gives_at_most_is_over_all_fields_of_a_document():
    ends, documents = np.array([3, 4]), np.array([1, 4, 4, 0], np.int32)
    weights = np.array([0.5, 0.25, 0.75, 0.125], np.float32)
    assert topk.peaks(ends, documents, weights).tolist() == [1.0, 0.125]


def test_documents_are_made_up_with_several_postings_of_a_term():
    ends, documents, _ = postings(300, 3, np.random.default_rng(0))
    times = np.bincount(documents[: ends[0]])
    assert set(times.tolist()) == {0, 1, 2}


def check(held, asked, values, allowed, k):
    """Ask both ways, and compare rows and scores."""
    most = topk.peaks(*held)
    rows, scores = topk.top(*held, most, asked, values, allowed, k)
    every = np.where(allowed, kernels.scores(*held, asked, values, len(allowed)), 0)
    above = every[every > 0]
    bar = np.sort(above)[-k] if len(above) > k else 0
    wanted = np.flatnonzero((every > 0) & (every >= bar))
    assert rows.tolist() == wanted.tolist()
    assert scores.tolist() == every[wanted].tolist()


@settings(deadline=None)  # the first one compiles
@given(
    st.integers(1, 400), st.integers(1, 30), st.integers(1, 12), st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_small_indexes_are_searched_exactly(size, terms, k, living, seed):
    random = np.random.default_rng(seed)
    held = postings(size, terms, random)
    asked = np.flatnonzero(random.random(terms) < 0.7)
    values = random.integers(0, 5, len(asked)).astype(np.float32) / 4
    allowed = random.random(size) < living
    check(held, asked, values, allowed, k)


@pytest.mark.parametrize("k", [1, 10, 3000])
@pytest.mark.parametrize("length", [1, 8, 120])
@pytest.mark.parametrize("living", [1.0, 0.5, 0.001])
def test_large_indexes_are_searched_exactly(k, length, living):
    random = np.random.default_rng(length + k)
    size = topk.FIRST + 2 * topk.BLOCK + 77
    held = postings(size, 400, random)
    for _ in range(4):
        asked = np.sort(random.choice(400, length, replace=False))
        values = random.random(length, dtype=np.float32) + np.float32(0.1)
        check(held, asked, values, random.random(size) < living, k)
