"""The indexes on disk: opened once, renewed whole, built again when they cannot be read."""

import json
import shutil

import pytest

from jiebang.recommendations import engine
from matching import Document, Index

KIND = "achievement"


def texts(**titles):
    """Make documents of these titles; the title itself serves as the digest."""
    return [(Document(key, {"title": title}), title) for key, title in titles.items()]


BATTERY, LASER = {"a": "固态电池电解质"}, {"b": "激光雷达镜头"}


@pytest.fixture
def cut(monkeypatch):
    """Remember the keys of the documents that are cut into terms."""
    keys = []
    changed = Index.changed

    def spy(self, upserts, removals=()):
        upserts = list(upserts)
        keys.append(sorted(document.key for document in upserts))
        return changed(self, upserts, removals)

    monkeypatch.setattr(Index, "changed", spy)
    return keys


def forget():
    engine._opened.clear()


def test_there_is_none_before_one_was_made():
    assert engine.current(KIND) is None


def test_what_one_process_makes_another_opens():
    made = engine.renew(KIND, texts(**BATTERY, **LASER))
    forget()

    opened = engine.current(KIND)

    assert opened is not made
    assert (opened.version, opened.digests) == (made.version, {**BATTERY, **LASER})
    query = Document("q", {"title": "固态电池"})
    assert opened.index.search(query) == made.index.search(query)


def test_it_is_opened_once(monkeypatch):
    engine.renew(KIND, texts(**BATTERY))
    forget()
    first = engine.current(KIND)
    monkeypatch.setattr(Index, "open", None)

    assert engine.current(KIND) is first


def test_it_is_opened_again_when_another_process_renewed_it():
    old = engine.renew(KIND, texts(**BATTERY))
    engine.renew(KIND, texts(**BATTERY, **LASER))
    engine._opened[engine._folder(KIND)] = old  # as a process that made the first one only

    assert sorted(engine.current(KIND).digests) == ["a", "b"]


def test_only_what_changed_is_cut_again(cut):
    engine.renew(KIND, texts(a="固态电池", b="激光雷达", c="机器人"))
    cut.clear()

    renewed = engine.renew(KIND, texts(a="固态电池", b="激光雷达镜头", d="碳化硅"))

    assert cut == [["b", "d"]]
    assert len(renewed.index) == 3
    assert "c" not in renewed.index


def test_where_nothing_changed_nothing_is_written(indexes, cut):
    first = engine.renew(KIND, texts(**BATTERY))
    written = (indexes / KIND / first.version).stat().st_mtime_ns
    cut.clear()

    assert engine.renew(KIND, texts(**BATTERY)) is first
    assert cut == []
    assert (indexes / KIND / first.version).stat().st_mtime_ns == written


def test_everything_is_cut_again_when_asked_to(cut):
    first = engine.renew(KIND, texts(**BATTERY, **LASER))
    cut.clear()

    again = engine.renew(KIND, texts(**BATTERY, **LASER), anew=True)

    assert cut == [["a", "b"]]
    assert again.version == first.version


def test_an_index_that_was_lost_and_built_again_is_the_same_one(indexes):
    first = engine.renew(KIND, texts(**BATTERY))
    shutil.rmtree(indexes)
    forget()

    assert engine.renew(KIND, texts(**BATTERY)).version == first.version


def spoil_digests(folder):
    (folder / engine.DIGESTS).write_text("{")


def spoil_an_array(folder):
    (folder / engine.PART / "0-postings.npy").write_bytes(b"")


def make_foreign(folder):
    manifest = folder / engine.PART / "manifest.json"
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**content, "fingerprint": "somebody else's"}))


@pytest.mark.parametrize("spoil", [spoil_digests, spoil_an_array, make_foreign, shutil.rmtree])
def test_one_that_cannot_be_read_counts_as_none_and_is_built_anew(indexes, cut, spoil):
    first = engine.renew(KIND, texts(**BATTERY))
    spoil(indexes / KIND / first.version)
    forget()
    cut.clear()
    assert engine.current(KIND) is None

    built = engine.renew(KIND, texts(**BATTERY))

    assert (built.version, cut) == (first.version, [["a"]])
    forget()
    assert engine.current(KIND).digests == BATTERY


def test_the_last_two_are_kept_and_what_was_left_half_done_is_cleared(indexes):
    folder = indexes / KIND
    versions = [engine.renew(KIND, texts(a=title)).version for title in ("电池", "镜头")]
    (folder / "tmp-left-by-a-kill").mkdir()

    versions.append(engine.renew(KIND, texts(a="机器人")).version)

    assert {path.name for path in folder.iterdir() if path.is_dir()} == set(versions[1:])


def test_an_index_of_nothing_finds_nothing():
    engine.renew(KIND, [])
    forget()

    result = engine.current(KIND).index.search(Document("q", {"title": "固态电池"}))

    assert (result.matches, result.best_below_floor) == ((), None)
