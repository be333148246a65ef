"""Changing the draft, publishing it, going back: always by a person, always with a reason."""

from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.db.models import Max

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotFound, RuleBroken
from jiebang.common.text import fold
from jiebang.lexicons import policies, queries
from jiebang.lexicons.models import Choice, Entry, Version
from jiebang.lexicons.signals import version_chosen
from jiebang.lexicons.states import Kind
from jiebang.taxonomy.models import IndustryChain

LONGEST, WHY_LONGEST = 40, 120


@transaction.atomic
def add(
    *,
    actor: User,
    kind: str,
    word: str,
    why: str,
    canonical: str = "",
    chain: IndustryChain | None = None,
) -> Entry:
    """Put a word into the draft; it changes no match before the draft is published."""
    policies.may_change(actor).enforce()
    made = _checked(kind, word, canonical, why)
    made.chain, made.added_by = chain, actor
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        sentence = f"“{made.word}”已在草稿中，请先移除原来的词条再添加"
        raise Conflict(sentence, code="word_twice", fields={"word": [sentence]}) from error
    _no_circle()
    label = f"添加{made.get_kind_display()}"
    audit.record(actor=actor, thing=made, action="add_word", label=label, note=f"{made}：{why}")
    return made


@transaction.atomic
def remove(*, actor: User, entry: Entry) -> None:
    """Take a word out of the draft."""
    policies.may_change(actor).enforce()
    held = Entry.objects.select_for_update().filter(pk=entry.pk, version=None).first()
    if held is None:
        raise NotFound("草稿中没有这个词条，可能已被移除", code="word_gone")
    label = f"移除{held.get_kind_display()}"
    audit.record(actor=actor, thing=held, action="remove_word", label=label, note=str(held))
    held.delete()


@transaction.atomic
def replace(*, actor: User, rows: Iterable[Mapping[str, str]]) -> int:
    """Make these rows the whole draft; a row at fault is named by its line and nothing changes.

    Columns: kind, word, canonical, chain (its code), why. Returns how many there are.
    """
    policies.may_change(actor).enforce()
    chains = {chain.code: chain for chain in IndustryChain.objects.filter(active=True)}
    made, faults = [], []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, 2):  # the first line names the columns
        try:
            entry = _checked(
                row.get("kind", ""), row.get("word", ""), row.get("canonical", ""),
                row.get("why", ""),
            )  # fmt: skip
        except Invalid as refusal:
            faults.append(f"第 {line} 行：{refusal}")
            continue
        code = row.get("chain", "").strip()
        if code and code not in chains:
            faults.append(f"第 {line} 行：没有代码为“{code}”的产业链")
        if entry.key in seen:
            faults.append(f"第 {line} 行：“{entry.word}”与第 {seen[entry.key]} 行重复")
        seen.setdefault(entry.key, line)
        entry.chain, entry.added_by = chains.get(code), actor
        made.append(entry)
    if faults:
        sentence = f"文件有 {len(faults)} 处错误，草稿没有改动，请改正后重新导入"
        raise Invalid(sentence, code="lexicon_file", fields={"file": faults[:20]})
    Entry.objects.filter(version=None).delete()
    Entry.objects.bulk_create(made)
    _no_circle()
    audit.record(
        actor=actor, thing=actor, action="import_words", label="导入词典草稿",
        detail={"words": len(made)},
    )  # fmt: skip
    return len(made)


@transaction.atomic
def publish(*, actor: User, why: str) -> Choice:
    """Make a version of the draft and have everything indexed by it; the old one serves meanwhile.

    Raises RuleBroken where the draft says what is chosen already.
    """
    policies.may_change(actor).enforce()
    why = _reason(why, 200)
    rows = queries.rows_of(None)
    if queries.digest_of(rows) == queries.digest_chosen():
        sentence = "草稿与正在启用的版本相同，没有可发布的改动"
        raise RuleBroken(sentence, code="lexicon_unchanged")
    last = Version.objects.select_for_update().aggregate(n=Max("number"))["n"] or 0
    try:
        with transaction.atomic():
            version = Version.objects.create(
                number=last + 1, digest=queries.digest_of(rows), why=why, made_by=actor
            )
    except IntegrityError as error:
        raise Conflict("另一位经办人刚刚发布了新版本，请刷新后再发布") from error
    _copy(queries.entries_of(None), version)
    detail = {"words": len(rows)}
    audit.record(
        actor=actor, thing=version, action="publish", label="发布词典", note=why, detail=detail
    )
    return _choose(actor, version, why, back=False)


@transaction.atomic
def go_back(*, actor: User, number: int, why: str) -> Choice:
    """Have everything indexed by an earlier version again; 0 is the built-in words alone.

    The draft becomes what that version says, so that the next one starts from it.
    """
    policies.may_change(actor).enforce()
    why = _reason(why, 200)
    version = Version.objects.filter(number=number).first()
    if number and version is None:
        raise NotFound(f"没有第 {number} 版词典", code="no_version")
    if (version.digest if version else "") == queries.digest_chosen():
        raise RuleBroken("这一版正在启用，不必退回", code="lexicon_unchanged")
    Entry.objects.filter(version=None).delete()
    if version:
        _copy(queries.entries_of(version), None)
    choice = _choose(actor, version, why, back=True)
    audit.record(actor=actor, thing=choice, action="go_back", label=f"退回{choice}词典", note=why)
    return choice


@transaction.atomic
def took_effect(*, choice_id: int) -> None:
    """Note that everything is indexed by this choice, if none was made after it."""
    newest = queries.chosen()
    if newest and newest.pk == choice_id:
        Choice.objects.filter(pk=choice_id, effective_at=None).update(effective_at=clock.now())


def _choose(actor: User, version: Version | None, why: str, *, back: bool) -> Choice:
    choice = Choice.objects.create(version=version, actor=actor, why=why, back=back)
    version_chosen.send(sender=Choice, choice_id=choice.pk, actor=actor)
    return choice


def _copy(entries: Iterable[Entry], version: Version | None) -> None:
    copied = list(entries)
    for entry in copied:
        entry.pk, entry.version = None, version
    Entry.objects.bulk_create(copied)


def _checked(kind: str, word: str, canonical: str, why: str) -> Entry:
    """Return an entry with what was typed, tidied; raises Invalid with the fields at fault."""
    word, canonical = " ".join(word.split()), " ".join(canonical.split())
    faults: dict[str, list[str]] = {}
    if kind not in Kind.values:
        faults["kind"] = ["请选择类别：领域词、同义词、停用词或移出内置词典"]
    if not 1 < len(word) <= LONGEST:
        faults["word"] = [f"词语须为 2 至 {LONGEST} 个字"]
    if kind == Kind.SYNONYM and not 1 < len(canonical) <= LONGEST:
        faults["canonical"] = [f"同义词须写明标准词，2 至 {LONGEST} 个字"]
    elif kind == Kind.SYNONYM and fold(canonical) == fold(word):
        faults["canonical"] = ["标准词与词语相同，请写另一个说法"]
    elif kind != Kind.SYNONYM and canonical:
        faults["canonical"] = ["只有同义词有标准词，请留空"]
    if not why.strip():
        faults["why"] = ["请写明理由，供以后查对"]
    elif len(why.strip()) > WHY_LONGEST:
        faults["why"] = [f"理由不超过 {WHY_LONGEST} 个字"]
    if faults:
        raise Invalid("；".join(s for found in faults.values() for s in found), fields=faults)
    return Entry(kind=kind, word=word, key=fold(word), canonical=canonical, why=why.strip())


def _no_circle() -> None:
    """Refuse a synonym that stands for another synonym: nobody could tell what it means."""
    rows = Entry.objects.filter(version=None, kind=Kind.SYNONYM)
    known = set(rows.values_list("key", flat=True))
    for word, canonical in rows.values_list("word", "canonical"):
        if fold(canonical) in known:
            sentence = f"“{word}”的标准词“{canonical}”本身又是同义词，请直接写最终的标准词"
            raise Invalid(sentence, code="synonym_chain", fields={"canonical": [sentence]})


def _reason(why: str, most: int) -> str:
    why = why.strip()
    if not 0 < len(why) <= most:
        sentence = f"请写明说明，不超过 {most} 个字"
        raise Invalid(sentence, fields={"why": [sentence]})
    return why
