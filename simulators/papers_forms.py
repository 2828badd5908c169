"""What stands on the made-up sheets: lease, property certificate, letters, receipts."""

from __future__ import annotations

from simulators.card_text import Resident
from simulators.papers_canvas import INK, Canvas

_LANDLORD = "样例房东"
_DATE = "2026年3月1日"


def lease_terms(canvas: Canvas, tenant: Resident) -> None:
    """The front of a lease: the parties and the first terms."""
    canvas.title(24, "房屋租赁合同（样张）", 8)
    y = canvas.table(
        25,
        42,
        [
            ("出租人（甲方）", _LANDLORD),
            ("承租人（乙方）", tenant.name),
            ("乙方证件号码", tenant.id_number),
            ("房屋坐落", "测试市测试区测试路66弄7号502室"),
            ("租赁期限", "2026年3月1日至2027年2月28日"),
            ("月租金", "人民币 3200 元（叁仟贰佰元整）"),
        ],
        40,
        9,
    )
    for number, term in enumerate(_TERMS[:4], 1):
        y = canvas.paragraph(y + 3, f"第{number}条　{term}")


def lease_signatures(canvas: Canvas, tenant: Resident) -> None:
    """The back of a lease: the last terms and the signatures."""
    y = 24.0
    for number, term in enumerate(_TERMS[4:], 5):
        y = canvas.paragraph(y + 3, f"第{number}条　{term}")
    canvas.text(25, y + 20, f"甲方（签字）：{_LANDLORD}", 4.5)
    canvas.text(115, y + 20, f"乙方（签字）：{tenant.name}", 4.5)
    canvas.text(25, y + 34, f"日期：{_DATE}", 4)
    canvas.text(115, y + 34, f"日期：{_DATE}", 4)
    canvas.seal(62, y + 34, "样例合同专用章")


def property_certificate(canvas: Canvas, owner: Resident) -> None:
    """A certificate of real estate."""
    canvas.box(12, 12, canvas.width_mm - 24, canvas.height_mm - 24, (150, 40, 40))
    canvas.title(26, "不动产权证书（样张）", 9, (150, 40, 40))
    canvas.title(42, "测（2026）测试市不动产权第 0000001 号", 4.5)
    canvas.table(
        22,
        58,
        [
            ("权利人", owner.name),
            ("证件号码", owner.id_number),
            ("共有情况", "单独所有"),
            ("坐落", "测试市测试区测试路66弄7号502室"),
            ("不动产单元号", "990000 000000 GB00000 F00000000"),
            ("权利类型", "国有建设用地使用权／房屋所有权"),
            ("用途", "城镇住宅用地／住宅"),
            ("面积", "房屋建筑面积 66.60 平方米"),
            ("使用期限", "2006年1月1日至2075年12月31日"),
        ],
        38,
        13,
    )
    canvas.seal(150, 222, "测试市样例登记机构章", 22)
    canvas.text(118, 246, f"登记日期：{_DATE}", 4)


def letter(canvas: Canvas, title: str, body: str, signer: str) -> None:
    """A letter with a seal: of an employer, a school, a landlord."""
    canvas.title(32, f"{title}（样张）", 9)
    y = canvas.paragraph(60, body, 5)
    y = canvas.paragraph(y + 4, "特此证明。", 5)
    canvas.text(120, y + 24, signer, 5)
    canvas.text(120, y + 36, _DATE, 5)
    canvas.seal(145, y + 32, signer)


def rent_receipt(canvas: Canvas, tenant: Resident) -> None:
    """A receipt for one month's rent, on half a sheet."""
    canvas.title(18, "收　据（样张）", 7)
    canvas.table(
        15,
        40,
        [
            ("今收到", tenant.name),
            ("事由", "2026年3月房租"),
            ("金额", "人民币叁仟贰佰元整　¥3200.00"),
            ("收款人", _LANDLORD),
            ("日期", _DATE),
        ],
        28,
        12,
    )
    canvas.seal(112, 130, "样例收款专用章", 16)


def long_receipt(canvas: Canvas, count: int) -> None:
    """The slip of a till: narrow, and longer than any sheet."""
    canvas.title(8, "样例超市（样张）", 6)
    canvas.text(6, 20, "2026-03-01 12:00　机号 01", 3, INK, "sans")
    total = 0
    for number in range(1, count + 1):
        price = 100 + number * 37 % 900
        total += price
        y = 22 + number * 6.0
        canvas.text(6, y, f"{number:02d} 测试商品{number:02d}", 3.4, INK, "sans")
        canvas.text(56, y, f"{price / 100:>7.2f}", 3.4, INK, "sans")
    canvas.rule(6, 32 + count * 6.0, canvas.width_mm - 6, 32 + count * 6.0)
    canvas.text(6, 34 + count * 6.0, f"合计 {total / 100:.2f} 元", 5, INK, "bold")


_TERMS = (
    "甲方保证对上述房屋拥有合法的出租权，房屋权属清楚，可以正常居住使用，并向乙方出示房屋权属证明的原件。",
    "乙方承租该房屋仅作居住使用，居住人数不超过四人，未经甲方书面同意不得转租、分租或者改变房屋用途。",
    "租金按月支付，乙方应当于每月五日前将当月租金交付甲方；水、电、燃气、网络和物业服务费用由乙方承担。",
    "甲方应当在签订本合同之日起三十日内办理租赁合同登记备案，乙方应当凭本合同办理居住登记。",
    "租赁期间房屋及其附属设施的维修由甲方负责；因乙方使用不当造成损坏的，由乙方负责修复或者赔偿。",
    "任何一方提前解除合同的，应当提前三十日通知对方；租赁期满乙方继续承租的，双方另行签订合同。",
    "本合同一式三份，甲乙双方各执一份，登记备案机构留存一份。本合同为演示用样张，不具有任何效力。",
)
