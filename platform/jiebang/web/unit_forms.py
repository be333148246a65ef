"""Forms of a unit, its members and its invitations."""

from typing import Any

from django import forms

from jiebang.common.errors import DomainError
from jiebang.organizations.models import Organization
from jiebang.organizations.services import check_uscc
from jiebang.organizations.states import Kind, MemberRole, QualificationKind
from jiebang.taxonomy.models import ChainNode, District, IndustryChain
from jiebang.web.forms import MoneyField, ServiceForm


class UnitForm(ServiceForm):
    """What a unit says of itself (单位信息)."""

    units = {"staff": "人", "rd_staff": "人"}

    name = forms.CharField(label="单位全称", max_length=80)
    uscc = forms.CharField(
        label="统一社会信用代码", max_length=18, help_text="18 位，见营业执照或事业单位法人证书"
    )
    kind = forms.ChoiceField(label="单位性质", choices=[("", "请选择"), *Kind.choices])
    district = forms.ModelChoiceField(
        label="所在镇街（园区）",
        queryset=District.objects.filter(active=True),
        required=False,
        empty_label="市外单位",
        help_text="本市单位请选择；市外单位留空并填写所在城市",
    )
    city = forms.CharField(label="所在城市", max_length=40, initial="东莞市")
    chain = forms.ModelChoiceField(
        label="产业链", queryset=IndustryChain.objects.filter(active=True), required=False
    )
    node = forms.ModelChoiceField(
        label="产业链环节", queryset=ChainNode.objects.none(), required=False
    )
    legal_person = forms.CharField(label="法定代表人", max_length=40, required=False)
    address = forms.CharField(label="通讯地址", max_length=120, required=False)
    website = forms.URLField(label="网址", required=False, assume_scheme="https")
    main_business = forms.CharField(label="主营业务", max_length=200, required=False)
    intro = forms.CharField(
        label="单位简介", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    founded_on = forms.DateField(label="成立日期", required=False)
    staff = forms.IntegerField(label="人员数", min_value=0, required=False)
    rd_staff = forms.IntegerField(label="研发人员数", min_value=0, required=False)
    revenue = MoneyField(label="上年营业收入", required=False)
    rd_spending = MoneyField(label="上年研发投入", required=False)
    contact_name = forms.CharField(label="联系人", max_length=40, required=False)
    contact_phone = forms.CharField(label="联系电话", max_length=30, required=False)
    contact_email = forms.EmailField(label="电子邮箱", required=False)
    qualifications = forms.MultipleChoiceField(
        label="资质",
        choices=QualificationKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    SECTIONS = (
        ("基本信息", ("name", "uscc", "kind", "district", "city", "legal_person", "founded_on")),
        ("产业", ("chain", "node", "main_business")),
        ("规模", ("staff", "rd_staff", "revenue", "rd_spending")),
        ("资质", ("qualifications",)),
        ("简介", ("intro", "website", "address")),
        ("联系人（只向科技局和对接双方显示）", ("contact_name", "contact_phone", "contact_email")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chain = self["chain"].value()
        if chain:
            key = chain.pk if isinstance(chain, IndustryChain) else chain
            nodes = ChainNode.objects.filter(active=True, chain=key)
            self.fields["node"].queryset = nodes  # type: ignore[attr-defined]

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields in their groups."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    def clean_uscc(self) -> str:
        """Check the code's check digit where it was typed."""
        try:
            return check_uscc(self.cleaned_data["uscc"])
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def data_of(self) -> dict[str, Any]:
        """Return the columns of the unit."""
        return {k: v for k, v in self.cleaned_data.items() if k != "qualifications"}

    @classmethod
    def initial_of(cls, unit: Organization) -> dict[str, Any]:
        """Return what the form shows of a unit that exists."""
        shown = {n: getattr(unit, n) for n in cls.base_fields if n != "qualifications"}
        return {**shown, "qualifications": [q.kind for q in unit.qualifications.all()]}


class InviteForm(ServiceForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="邮箱")
    role = forms.ChoiceField(label="单位内角色", choices=MemberRole.choices, initial="editor")
