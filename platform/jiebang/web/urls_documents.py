"""Addresses of contract texts and of their templates."""

from django.urls import path, register_converter

from jiebang.web.views import contract_templates, contract_texts


class WordOrPdf:
    """The two kinds of papers."""

    regex = "docx|pdf"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it is."""
        return value


register_converter(WordOrPdf, "paper")

urlpatterns = [
    path("contracts/<int:pk>/text/", contract_texts.text, name="contract-text"),
    path("contracts/<int:pk>/text/pledges/", contract_texts.pledge, name="contract-pledges"),
    path("contracts/<int:pk>/text/copies/", contract_texts.deposit, name="contract-deposit"),
    path("contracts/<int:pk>/text/register/", contract_texts.register, name="contract-register"),
    path("contracts/<int:pk>/text/draft.<paper:kind>", contract_texts.draft, name="contract-draft"),
    path(
        "contracts/<int:pk>/text/<int:number>.<paper:kind>",
        contract_texts.version,
        name="contract-version-text",
    ),
    path(
        "contracts/<int:pk>/text/copies/<int:copy_pk>/", contract_texts.copy, name="contract-copy"
    ),
    path(
        "contracts/<int:pk>/text/registration.zip",
        contract_texts.registration_pack,
        name="contract-registration-pack",
    ),
    path("officer/contract-templates/", contract_templates.desk, name="contract-templates"),
    path(
        "officer/contract-templates/<int:pk>/use/",
        contract_templates.use,
        name="contract-template-use",
    ),
    path(
        "officer/contract-templates/<slug:kind>/builtin/",
        contract_templates.use_builtin,
        name="contract-template-builtin",
    ),
    path(
        "officer/contract-templates/<slug:kind>/<int:number>.docx",
        contract_templates.download,
        name="contract-template-file",
    ),
]
