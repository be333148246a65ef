"""`replay_draw` prints the published experts, and says when something was touched."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jiebang.experts import draws
from jiebang.experts.models import Draw, Expert
from tests.experts.steps import drawn


def replay(*asked, **options):
    out = StringIO()
    call_command("replay_draw", *asked, stdout=out, **options)
    return out.getvalue().splitlines()


def test_the_command_prints_the_experts_of_the_published_draw(challenge, officer, tmp_path):
    draw = drawn(challenge, officer)
    names = {expert.number: str(expert) for expert in Expert.objects.all()}
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(draws.document(draw)))

    numbers = draw.numbers(draw.drawn)
    told = [
        f"{n} {label} {number} {names[number]}"
        for n, (label, number) in enumerate(zip(draw.drawn, numbers, strict=True), 1)
    ]
    assert replay(str(draw.pk)) == replay(draw.number) == [*told, "与公布的 3 名专家一致"]
    assert numbers == [seat.expert.number for seat in draw.seats.order_by("pk")]
    assert replay(file=file) == [
        *(f"{n} {label}" for n, label in enumerate(draw.drawn, 1)),
        "与公布的 3 名专家一致",
    ]


@pytest.mark.parametrize(
    ("column", "change", "sentence"),
    [
        ("pool", lambda pool: pool[1:], "备选名单与公布的校验码不一致，名单可能被改动"),
        ("key", lambda key: {**key, "001": "ZJ-2026-99999"}, "名单对照与公布的校验码不一致"),
        ("seed", lambda seed: seed[::-1], "重新抽取的结果与公布的不一致"),
        ("drawn", lambda drawn: drawn[::-1], "重新抽取的结果与公布的不一致"),
    ],
)
def test_whatever_was_touched_is_noticed(challenge, officer, column, change, sentence):
    draw = drawn(challenge, officer)
    Draw.objects.update(**{column: change(getattr(draw, column))})

    with pytest.raises(CommandError, match=sentence):
        replay(str(draw.pk))


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["7", "CQ-2026-00007", "abc", "²"])
def test_an_unknown_draw_is_said_to_be_unknown(asked):
    with pytest.raises(CommandError, match="没有编号为"):
        replay(asked)
