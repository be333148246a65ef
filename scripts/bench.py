"""`make bench`: how fast and how good the matcher is beside scikit-learn left as it comes.

Needs and results are written in bulk into a database that is thrown away. A need and a result
are made of the same parts (material, part, process, problem), so what a search brings can be
judged without people: it should bring the results that share most parts with the need.

`python -m scripts.bench 20000` sets how many needs and results there are.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any

import django
from django.core.management import call_command
from sklearn.feature_extraction.text import TfidfVectorizer

from matching import Document, Index

Fields = dict[str, str]
TOP = 10
QUERIES = 100
Ranker = Callable[[Fields], list[str]]


def main(count: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="jiebang-bench-") as folder:
        os.environ |= {"JIEBANG_VAR": folder, "DJANGO_SETTINGS_MODULE": "jiebang.settings.embedded"}
        os.environ.pop("DATABASE_URL", None)
        needs, results = volume(count)
    print(f"{len(results)} 项成果，{QUERIES} 条需求各取前 {TOP} 项\n")
    print(f"{'':<22}{'建立':>8} {'中位':>8} {'九五分位':>8} {'切题':>8}")
    for name, build in (("matching", ours), ("scikit-learn 原样", plain)):
        began = time.perf_counter()
        rank = build(results)
        built = time.perf_counter() - began
        print(f"{name:<22}{built:>8.2f} 秒", end=" ", flush=True)
        asked = [timed(rank, need) for need in needs[:QUERIES]]
        times = [seconds * 1000 for _, seconds in asked]
        fit = statistics.mean(
            aptness(need, found, results) for need, (found, _) in zip(needs, asked, strict=False)
        )
        print(
            f"{statistics.median(times):>6.1f} 毫秒 "
            f"{statistics.quantiles(times, n=20)[-1]:>6.1f} 毫秒 "
            f"{fit:>8.2f}"
        )
    print("\n切题：前 10 项与需求相同的材料、部件、工艺之数，除以最多能有的数；1 为最好。")


def volume(count: int) -> tuple[list[Fields], dict[str, Fields]]:
    """Write needs and results in bulk; return their texts by field, results by key."""
    django.setup()
    # Models can be imported only now.
    from jiebang.achievements.models import Achievement  # noqa: PLC0415
    from jiebang.demo.volume import write  # noqa: PLC0415
    from jiebang.library.models import TechNeed  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("sync_taxonomy", stdout=StringIO())
    began = time.perf_counter()
    write(count=count, seed=1, report=lambda done, all_of_them: None)
    print(f"写入 {count} 条需求和 {count} 项成果：{time.perf_counter() - began:.1f} 秒")
    needs = [
        {"title": n.title, "keywords": n.keywords, "body": f"{n.main_problem}\n{n.expected_goal}"}
        for n in TechNeed.objects.order_by("pk")[:QUERIES]
    ]
    results = {
        str(a.pk): {"title": a.title, "keywords": a.keywords, "body": a.summary}
        for a in Achievement.objects.order_by("pk")
    }
    return needs, results


def ours(results: dict[str, Fields]) -> Ranker:
    """Rank with the matcher."""
    index = Index.build(Document(key, fields) for key, fields in results.items())

    def rank(need: Fields) -> list[str]:
        found = index.search(Document("need", need), k=TOP, floor=0.0)
        return [match.key for match in found.matches]

    return rank


def plain(results: dict[str, Fields]) -> Ranker:
    """Rank with TfidfVectorizer and nothing said to it, which takes a clause for a word."""
    vectorizer = TfidfVectorizer()
    matrix = vectorizer.fit_transform("\n".join(fields.values()) for fields in results.values())
    keys = list(results)

    def rank(need: Fields) -> list[str]:
        query: Any = vectorizer.transform(["\n".join(need.values())])
        scores = (matrix @ query.T).toarray().ravel()
        return [keys[row] for row in scores.argsort()[::-1][:TOP] if scores[row] > 0]

    return rank


def timed(rank: Ranker, need: Fields) -> tuple[list[str], float]:
    """Return what a search found, and its seconds."""
    began = time.perf_counter()
    return rank(need), time.perf_counter() - began


def aptness(need: Fields, found: Sequence[str], results: dict[str, Fields]) -> float:
    """Return the shared parts of what was found, of those of the best there is."""
    asked = set(need["keywords"].split(","))
    shared = {key: len(asked & set(r["keywords"].split(","))) for key, r in results.items()}
    best = sum(sorted(shared.values(), reverse=True)[:TOP])
    return sum(shared[key] for key in found) / best


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
