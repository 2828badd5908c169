"""The stack of made-up papers for a simulated scanner: the same seed gives the same sheets, under names that stay.

Everything that is printed on them is of the made-up people of `simulators.people`, and says that it is a sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from simulators import papers_forms as forms
from simulators import papers_identity as identity
from simulators.card import Card
from simulators.card_text import Resident
from simulators.papers_canvas import Canvas, Colour
from simulators.people import stack

Drawing = Callable[[Canvas], None]
_HOUSEHOLD = {"family-a-1": "户主", "family-a-2": "妻", "family-a-3": "长女", "family-a-4": "长子"}
_CARD_HOLDERS = (*_HOUSEHOLD, "family-b-1", "family-b-2", "family-b-3", "family-c-1", "family-c-2", "resident-001")
_TENANT = "family-a-1"
_ID_CARD = (236, 242, 246)
_BOOK = (250, 246, 236)


@dataclass(frozen=True, slots=True)
class Paper:
    """One sheet.

    Attributes:
        id: its name for the control port.
        name: its name for people.
        drawings: what is drawn on its front and back; a missing back is bare.
        skew_degrees: how crooked it is laid in, counter-clockwise.
        is_upside_down: whether it is laid in the wrong way round.
        is_stained: whether coffee was spilt on it.
    """

    id: str
    name: str
    width_mm: float
    height_mm: float
    drawings: tuple[Drawing, ...]
    colour: Colour = (252, 251, 247)
    skew_degrees: float = 0.0
    is_upside_down: bool = False
    is_stained: bool = False

    @property
    def sides(self) -> int:
        """How many of its sides are printed."""
        return len(self.drawings)


def papers(seed: int) -> dict[str, Paper]:
    """All papers by name."""
    people = stack(seed)
    holders = {name: (people[name], _resident(people[name])) for name in _CARD_HOLDERS}
    made = [*_a4(holders[_TENANT][1]), *_household(holders), *_cards(holders), *_odd(holders[_TENANT][1])]
    return {paper.id: paper for paper in made}


def _resident(card: Card) -> Resident:
    holder = card.holder
    if not isinstance(holder, Resident):
        raise TypeError(f"{card.id}: only resident ID cards are drawn on paper")
    return holder


def _sheet(paper_id: str, name: str, *drawings: Drawing) -> Paper:
    return Paper(paper_id, name, 210, 297, drawings)


def _lease(tenant: Resident) -> Paper:
    return _sheet(
        "lease",
        "房屋租赁合同",
        lambda canvas: forms.lease_terms(canvas, tenant),
        lambda canvas: forms.lease_signatures(canvas, tenant),
    )


def _letter(paper_id: str, title: str, body: str, signer: str) -> Paper:
    return _sheet(paper_id, title, lambda canvas: forms.letter(canvas, title, body, signer))


def _a4(person: Resident) -> list[Paper]:
    who = f"{person.name}（证件号码 {person.id_number}）"
    return [
        _lease(person),
        _sheet("property-certificate", "不动产权证书", lambda canvas: forms.property_certificate(canvas, person)),
        _letter(
            "employer-letter",
            "劳动关系证明",
            f"兹证明{who}自2024年3月1日起在我单位工作，现任样例岗位，劳动合同期限至2027年2月28日。",
            "测试样例有限公司",
        ),
        _letter(
            "dormitory-proof",
            "集体宿舍证明",
            f"兹证明{who}现居住于我单位集体宿舍测试路100号3幢205室，居住期限自2026年3月1日起。",
            "测试样例人事部",
        ),
        _letter(
            "kinship-promise",
            "亲属关系承诺书",
            f"本人{who}承诺与房屋权利人样例房东系近亲属，居住于其房屋内，所述属实，愿意承担相应责任。",
            "样例承诺人",
        ),
        _letter(
            "study-proof",
            "就读证明",
            "兹证明测试女甲系我校2026学年在读学生，全日制，学号 00000001，修业年限三年。",
            "测试样例学校",
        ),
        _letter(
            "power-of-attorney",
            "委托书",
            f"本人{who}因工作原因不能亲自办理居住登记，现委托样例母甲代为办理，代理期限一个月。",
            "样例委托人",
        ),
    ]


def _household(holders: dict[str, tuple[Card, Resident]]) -> list[Paper]:
    head = holders[_TENANT][1]
    pages = [
        Paper(
            "household-front", "户口簿首页", 143, 105, (lambda canvas: identity.household_front(canvas, head),), _BOOK
        )
    ]
    for name, relation in _HOUSEHOLD.items():
        pages.append(_member(name, holders[name][1], relation))
    return pages


def _member(name: str, person: Resident, relation: str) -> Paper:
    def draw(canvas: Canvas) -> None:
        identity.household_member(canvas, person, relation)

    return Paper(f"household-{name}", f"户口簿内页 {person.name}", 143, 105, (draw,), _BOOK)


def _cards(holders: dict[str, tuple[Card, Resident]]) -> list[Paper]:
    return [_card(name, card, person) for name, (card, person) in holders.items()]


def _card(name: str, card: Card, person: Resident) -> Paper:
    def front(canvas: Canvas) -> None:
        identity.id_card_portrait(canvas, card, person)

    def back(canvas: Canvas) -> None:
        identity.id_card_issuer(canvas, person)

    return Paper(f"id-card-{name}", f"居民身份证 {person.name}", 85.6, 54, (front, back), _ID_CARD)


def _odd(person: Resident) -> list[Paper]:
    """Sheets that are laid in badly, spoilt, empty, small or long."""
    lease = _lease(person)
    letter, certificate = _a4(person)[2], _a4(person)[1]
    return [
        replace(lease, id="lease-skewed", name="房屋租赁合同（歪斜）", skew_degrees=4.0),
        replace(letter, id="letter-upside-down", name="劳动关系证明（倒置）", is_upside_down=True),
        replace(certificate, id="certificate-stained", name="不动产权证书（污渍）", is_stained=True),
        _sheet("blank", "白纸"),
        Paper("rent-receipt-a5", "收据（A5）", 148, 210, (lambda canvas: forms.rent_receipt(canvas, person),)),
        Paper("receipt-long", "超市小票（长）", 80, 340, (lambda canvas: forms.long_receipt(canvas, 48),)),
    ]
