"""What stands on the made-up papers of a person: ID card, household book.  The layouts are only like the real ones."""

from __future__ import annotations

from simulators.card import Card
from simulators.card_text import LONG_TERM, Resident
from simulators.papers_canvas import Canvas

_BLUE = (52, 84, 130)
_SEXES = {"1": "男", "2": "女"}


def id_card_portrait(canvas: Canvas, card: Card, holder: Resident) -> None:
    """The side with the person."""
    born = holder.birth_date
    rows = (
        ("姓名", holder.name),
        ("性别", f"{_SEXES.get(holder.sex, '')}　　民族 样例"),
        ("出生", f"{born[:4]} 年 {int(born[4:6])} 月 {int(born[6:])} 日"),
        ("住址", holder.address[:11]),
        ("", holder.address[11:22]),
    )
    for number, (label, value) in enumerate(rows):
        y = 7.0 + number * 6.4
        canvas.text(6, y, label, 2.6, _BLUE, "sans")
        canvas.text(16, y - 0.3, value, 3.1, face="sans")
    canvas.text(6, 44, "公民身份号码", 2.6, _BLUE, "sans")
    canvas.text(27, 43.4, holder.id_number, 3.6, face="bold")
    canvas.portrait(58, 7, 22, card.picture)


def id_card_issuer(canvas: Canvas, holder: Resident) -> None:
    """The side with the authority and the term."""
    canvas.seal(16, 15, "样例徽记", 9)
    canvas.title(9, "　　　样例居民身份证", 5)
    canvas.text(14, 36, "签发机关", 2.6, _BLUE, "sans")
    canvas.text(34, 35.6, holder.issuer or "测试市公安局测试分局", 3.1, face="sans")
    until = "长期" if holder.valid_to == LONG_TERM else _dotted(holder.valid_to)
    canvas.text(14, 43.4, "有效期限", 2.6, _BLUE, "sans")
    canvas.text(34, 43, f"{_dotted(holder.valid_from)}-{until}", 3.1, face="sans")


def household_front(canvas: Canvas, head: Resident) -> None:
    """The front page of a household book."""
    canvas.title(10, "户口簿首页（样张）", 5)
    rows = [("户别", "家庭户"), ("户主姓名", head.name), ("户号", "990000001"), ("住址", head.address[:20])]
    canvas.table(8, 24, rows, 28, 12)
    canvas.seal(112, 84, "测试户口专用章", 14)


def household_member(canvas: Canvas, person: Resident, relation: str) -> None:
    """The page of one member of the household."""
    canvas.title(7, "常住人口登记卡（样张）", 5)
    rows = [
        ("姓名", person.name),
        ("户主或与户主关系", relation),
        ("性别", _SEXES.get(person.sex, "")),
        ("出生日期", _dotted(person.birth_date)),
        ("公民身份号码", person.id_number),
        ("本市（县）其他住址", "无"),
        ("服务处所", "样例单位"),
    ]
    canvas.table(8, 18, rows, 44, 10)
    canvas.seal(118, 86, "测试户口专用章", 12)


def _dotted(eight: str) -> str:
    return f"{eight[:4]}.{eight[4:6]}.{eight[6:]}"
