"""How the registration form is laid out: sections, fields, their names, their kinds, their widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from webui.context import services
from webui.translate import LazyText, gettext, lazy_gettext

Kind = Literal["text", "digits", "date", "code", "yes-no", "mark", "long"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field as the page shows it.

    Attributes:
        key: key of the field in the register.
        name: what people call it.
        kind: how it is typed; `code` is chosen from the table of `table`.
        columns: width in twelfths of the form.
        table: name of the code table.
        placeholder: a word of help in the empty field.
    """

    key: str
    name: LazyText
    kind: Kind = "text"
    columns: int = 3
    table: str = ""
    placeholder: LazyText | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form under one heading.  `is_folded`: shown folded while nothing in it is wanted."""

    key: str
    name: LazyText
    fields: tuple[FieldSpec, ...]
    is_folded: bool = False


class ConsentName:
    """The name of the guardian's consent, which says under which age it is asked for today."""

    def __str__(self) -> str:
        years = services().tables.rules_today.consent_under
        return gettext("监护人同意（未满 %(years)d 周岁）", years=years)


_ = lazy_gettext
_DATE_HELP: Final = _("如 20260302")
_CODE_HELP: Final = _("代码、拼音首字母或名称")

SECTIONS: Final = (
    Section(
        "identity",
        _("身份"),
        (
            FieldSpec("name", _("姓名")),
            FieldSpec("sex", _("性别"), "code", 2, "sex"),
            FieldSpec("ethnic", _("民族"), "code", 2, "ethnic"),
            FieldSpec("id_no", _("公民身份号码"), "text", 5),
            FieldSpec("id_no_again", _("再键入一次身份号码"), "text", 5),
            FieldSpec("hukou_address", _("户籍地址"), "text", 9),
            FieldSpec("card_valid_to", _("证件有效期至"), "date", 3),
            FieldSpec("birth_date", _("出生日期"), "date", 2),
            FieldSpec("id_type", _("证件种类"), "code", 3, "id_type"),
            FieldSpec("card_issuer", _("签发机关"), "text", 4),
            FieldSpec("card_valid_from", _("证件有效期自"), "date", 3),
            FieldSpec("hukou_div", _("户籍地区划"), "text", 3),
            FieldSpec("soldier", _("是否现役军人或武警"), "yes-no", 4),
        ),
    ),
    Section(
        "residence",
        _("居住"),
        (
            FieldSpec("arrive_city_date", _("来沪日期"), "date", 3, placeholder=_DATE_HELP),
            FieldSpec("arrive_here_date", _("入住本址日期"), "date", 3, placeholder=_DATE_HELP),
            FieldSpec("reason", _("居住事由"), "code", 3, "reason", _CODE_HELP),
            FieldSpec("reason_other", _("事由说明"), "text", 3),
            FieldSpec("place_type", _("居住处所"), "code", 3, "place_type", _CODE_HELP),
            FieldSpec("proof_type", _("证明类别"), "code", 3, "proof_type", _CODE_HELP),
            FieldSpec("plan_stay", _("拟居住期限"), "code", 3, "plan_stay"),
            FieldSpec("district", _("区"), "code", 3, "district"),
            FieldSpec("town", _("街道、镇"), "code", 4, "town"),
            FieldSpec("road", _("路名"), "text", 4),
            FieldSpec("lane", _("弄"), "text", 1),
            FieldSpec("sublane", _("支弄"), "text", 1),
            FieldSpec("no", _("号"), "text", 1),
            FieldSpec("room", _("室"), "text", 1),
            FieldSpec("committee", _("居委会"), "text", 3),
            FieldSpec("relation_to_head", _("与户主关系"), "code", 3, "relation", _CODE_HELP),
            FieldSpec("household_kind", _("户别"), "code", 3, "household_kind"),
        ),
    ),
    Section(
        "separation",
        _("人户分离"),
        (
            FieldSpec("lives_here", _("住在本辖区"), "yes-no", 2),
            FieldSpec("separation_scope", _("分离范围"), "code", 3, "separation_scope", _CODE_HELP),
            FieldSpec("separation_reason", _("分离原因"), "code", 3, "separation_reason", _CODE_HELP),
            FieldSpec("residence_reason", _("居住原因"), "code", 4, "separation_reason", _CODE_HELP),
            FieldSpec("h_district", _("户籍所在区"), "code", 3, "district"),
            FieldSpec("h_town", _("户籍所在街道、镇"), "code", 3, "town"),
            FieldSpec("h_road", _("户籍路名"), "text", 2),
            FieldSpec("h_lane", _("户籍弄"), "text", 1),
            FieldSpec("h_sublane", _("户籍支弄"), "text", 1),
            FieldSpec("h_no", _("户籍号"), "text", 1),
            FieldSpec("h_room", _("户籍室"), "text", 1),
            FieldSpec("h_committee", _("户籍所属居委"), "text", 3),
            FieldSpec("h_police", _("户籍所属派出所"), "text", 4),
            FieldSpec("separated_since", _("分离起始日期"), "date", 5, placeholder=_("如 20260302，只知月份填 202603")),
            FieldSpec("present_address", _("现居住地址"), "text", 9),
            FieldSpec("house_use", _("房屋用途"), "code", 3, "house_use", _CODE_HELP),
            FieldSpec("informant", _("信息提供人"), "code", 3, "informant"),
            FieldSpec("result", _("核对结果"), "code", 3, "visit_result"),
        ),
    ),
    Section(
        "tenancy",
        _("房屋与租赁"),
        (
            FieldSpec("owner_relation", _("与房主关系"), "code", 3, "owner_relation", _CODE_HELP),
            FieldSpec("owner_name", _("房主姓名或名称"), "text", 3),
            FieldSpec("owner_id", _("房主证件号码"), "text", 3, placeholder=_("身份号码或统一社会信用代码")),
            FieldSpec("owner_mobile", _("房主手机"), "digits", 3),
            FieldSpec("lease_from", _("起租日期"), "date", 3, placeholder=_DATE_HELP),
            FieldSpec("lease_to", _("拟停租日期"), "date", 3, placeholder=_DATE_HELP),
            FieldSpec("lease_record_no", _("租赁备案号"), "text", 6),
        ),
        is_folded=True,
    ),
    Section(
        "contact",
        _("联系与就业"),
        (
            FieldSpec("mobile", _("手机"), "digits", 4),
            FieldSpec("education", _("文化程度"), "code", 4, "education", _CODE_HELP),
            FieldSpec("employer", _("工作单位"), "text", 4, placeholder=_("无则填“无”")),
        ),
    ),
    Section(
        "work",
        _("职业与单位"),
        (
            FieldSpec("occupation_kind", _("职业"), "code", 3, "occupation", _CODE_HELP),
            FieldSpec("job", _("岗位")),
            FieldSpec("employer_kind", _("单位性质"), "code", 3, "employer_kind", _CODE_HELP),
            FieldSpec("not_working_reason", _("未就业原因"), "code", 3, "not_working_reason", _CODE_HELP),
            FieldSpec("employer_addr", _("单位地址"), "text", 12),
        ),
        is_folded=True,
    ),
    Section(
        "permit",
        _("居住证"),
        (
            FieldSpec("permit_has", _("持有居住证"), "yes-no", 2),
            FieldSpec("permit_no", _("居住证号码"), "text", 3),
            FieldSpec("permit_valid_to", _("居住证有效期至"), "date", 3, placeholder=_DATE_HELP),
            FieldSpec("wants_permit", _("是否申领居住证"), "yes-no", 2),
            FieldSpec("income_source", _("主要生活来源"), "code", 3, "income_source", _CODE_HELP),
            FieldSpec("studying", _("是否在读"), "yes-no", 2),
            FieldSpec("school", _("学校"), "text", 4),
            FieldSpec("school_addr", _("学校地址"), "text", 6),
            FieldSpec("study_from", _("就读起始日期"), "date", 3, placeholder=_DATE_HELP),
            FieldSpec("study_to", _("就读截止日期"), "date", 3, placeholder=_DATE_HELP),
        ),
        is_folded=True,
    ),
    Section(
        "further",
        _("其他个人信息"),
        (
            FieldSpec("former_name", _("曾用名")),
            FieldSpec("marital", _("婚姻状况"), "code", 3, "marital", _CODE_HELP),
            FieldSpec("political", _("政治面貌"), "code", 3, "political", _CODE_HELP),
            FieldSpec("tel", _("固定电话"), "digits", 3),
            FieldSpec("email", _("电子邮件"), "text", 5),
        ),
        is_folded=True,
    ),
    Section(
        "guardian",
        _("监护人"),
        (
            FieldSpec("guardian_name", _("监护人姓名")),
            FieldSpec("guardian_id", _("监护人身份号码")),
            FieldSpec("guardian_rel", _("监护人与本人关系"), "code", 3, "relation"),
            FieldSpec("guardian_mobile", _("监护人手机"), "digits", 3),
            FieldSpec("guardian_consent", ConsentName(), "mark", 6),
        ),
        is_folded=True,
    ),
    Section(
        "declaration",
        _("申报"),
        (
            FieldSpec("declarer", _("申报人"), "code", 3, "declarer"),
            FieldSpec("verify_mode", _("采集方式"), "code", 3, "verify_mode"),
            FieldSpec("notice_given", _("已告知本人"), "mark", 3),
            FieldSpec("remark", _("备注"), "long", 3),
            FieldSpec("correction_reason", _("更正理由"), "text", 12),
        ),
    ),
)

_NOT_ON_THE_FORM: Final = {
    "id_no_raw": _("证面或旧号码"),
    "notice_version": _("告知书版本"),
    "form": _("登记表"),
    "addr_id": _("标准地址编号"),
    "merge_reason": _("合并理由"),
    "second_password": _("第二人密码"),
}
_BESIDE_THE_FORM: Final = (FieldSpec("second_name", _("第二人用户名")), FieldSpec("second_reason", _("理由")))
FIELDS: Final[dict[str, FieldSpec]] = {
    spec.key: spec for specs in (*(section.fields for section in SECTIONS), _BESIDE_THE_FORM) for spec in specs
}
CANCELLATION_FIELDS: Final[dict[str, FieldSpec]] = {
    spec.key: spec
    for spec in (
        FieldSpec("cancel_kind", _("注销类别"), "code", 4, "cancel_kind", _CODE_HELP),
        FieldSpec("leave_date", _("离开日期"), "date", 3, placeholder=_("如 20260302，只知月份填 202603")),
        FieldSpec("leave_to", _("去向"), "text", 5),
        FieldSpec("evidence", _("依据"), "code", 12, "cancel_evidence"),
        FieldSpec("visits", _("上门时间"), "text", 12),
        FieldSpec("cancel_remark", _("说明"), "text", 12),
        FieldSpec("second_name", _("第二人用户名"), "text", 4),
    )
}
"""The form of a cancellation, whose fields stand on a page of their own."""


def field_name(key: str) -> str:
    """What people call a field; the key itself for one that no form shows."""
    spec = FIELDS.get(key) or CANCELLATION_FIELDS.get(key)
    return str(spec.name if spec is not None else _NOT_ON_THE_FORM.get(key, key))
