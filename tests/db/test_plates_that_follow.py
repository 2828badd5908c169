"""A door's plate follows by itself when a card is tapped again: that is told, and makes no edit of a confirmation."""

from __future__ import annotations

from typing import Any

import pytest

from agent.addresses.service import AddressService
from peewee_models.audit import AuditEntry
from peewee_models.outbox import OutboxRow
from peewee_models.register import Change, Registration

LIST = """标准地址编号,居委会,责任块,队伍,路名,弄,支弄,号
99000000000000000001,测试一居,A01,测试一队,测试东路,88,,12
99000000000000000002,测试二居,B01,测试二队,测试西路,,,3"""
FIRST, OTHER = "99000000000000000001", "99000000000000000002"


@pytest.fixture
def base(office: Any) -> AddressService:
    made = AddressService(office.register.place)
    made.load()
    return made


def take(office: Any, base: AddressService) -> None:
    boss = office.sign_in("supervisor")
    base.bring(LIST.encode(), "测试文件", boss)
    base.take_in(base.dry_run(boss).seen, boss, withdraws_many=True)


def test_a_tap_after_a_base_was_taken_in_confirms_and_tells_of_the_plate(office, base, clerk, people) -> None:
    record = office.register_person(clerk, people(), road="测试西路", no="3", committee="测试二居")
    take(office, base)
    for version, addr_id in ((2, OTHER), (2, OTHER)):
        office.tap(people())
        again = office.desk.save(office.draft(clerk).id, clerk)
        office.lift()
        row = Registration.get_by_id(record.id)
        assert (again.is_as_before, row.version, row.addr_id) == (True, version, addr_id)
    (line,) = Change.select()
    assert (line.key, line.old, line.new, line.reason) == ("addr_id", "", OTHER, "")
    acts = [row.action for row in AuditEntry.select().order_by(AuditEntry.at) if row.action.startswith("register.")]
    assert [act for act in acts if act in {"register.edited", "register.confirmed"}] == ["register.confirmed"] * 2
    assert [row.kind for row in OutboxRow.select() if row.kind.startswith("registration.")] == [
        "registration.saved", "registration.verified",
    ]  # fmt: skip
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, {"road": "测试东路88弄12号", "committee": ""}, clerk)
    draft = office.register.type_fields(draft.id, {"correction_reason": "搬家"}, clerk)
    moved = office.desk.save(draft.id, clerk)
    assert (moved.is_as_before, Registration.get_by_id(record.id).addr_id) == (False, FIRST)
