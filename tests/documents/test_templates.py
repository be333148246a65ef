"""Templates of texts: a bureau's own, checked before it is used."""

import io

import pytest

from jiebang.common.errors import Invalid
from jiebang.documents import facts, queries, services
from jiebang.documents.models import Template
from tests import factories as make
from tests.documents.steps import bytes_of, template, text_of
from tests.files import made

pytestmark = pytest.mark.django_db


def test_a_bureau_gives_its_own_template_and_goes_back(contract):
    officer = make.make_officer()
    given = services.give_template(
        kind="contract",
        upload=template("{{ title }}", "总额 {{ amount_words }}"),
        name="本市合同.docx",
        why="换成本市范本",
        actor=officer,
    )
    assert (given.number, given.is_used) == (1, True)
    text = services.make(contract=contract)
    assert text.template == given
    assert "总额 人民币" in text_of(bytes_of(text.pdf))
    services.use_builtin(kind="contract", actor=officer)
    assert queries.used("contract") is None
    services.use_template(template=Template.objects.get(), actor=officer)
    assert queries.used("contract") == given


@pytest.mark.parametrize(
    ("upload", "why", "code"),
    [
        (lambda: template("{{ nobody }}"), "改", "template_faulty"),
        (lambda: template("{% for x in %}"), "改", "template_faulty"),
        (lambda: template("{{ title.__class__.__mro__ }}"), "改", "template_faulty"),
        (lambda: template("{{ title }}"), " ", "reason_required"),
        (lambda: io.BytesIO(made.pdf_file()), "改", "file_name_lies"),
    ],
)
def test_a_faulty_template_is_refused_and_nothing_changes(upload, why, code):
    with pytest.raises(Invalid) as refusal:
        services.give_template(
            kind="contract", upload=upload(), name="a.docx", why=why, actor=make.make_officer()
        )
    assert refusal.value.code == code
    assert Template.objects.count() == 0


def test_the_sample_knows_every_name():
    assert facts.sample().keys() == facts.NAMES.keys()
