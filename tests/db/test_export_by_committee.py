"""An export of one committee holds whom the board counts there: by the plate, of HZ by the household, else as typed."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.addresses.service import AddressService
from agent.register.board import BoardOfRegister
from peewee_models import exchange_queries
from peewee_models.exchange_queries import Chosen
from peewee_models.register import Registration

HEAD = "标准地址编号,居委会,责任块,队伍,路名,弄,支弄,号,新门牌编号"
PLATES = (
    "99000000000000000001,测试一居,A01,测试一队,测试东路,88,,12,",
    "99000000000000000002,测试二居,B01,测试二队,测试西路,,,3,",
)


def take(office: Any, boss: SignedIn, *lines: str) -> None:
    base = AddressService(office.register.place)
    base.load()
    base.bring("\r\n".join((HEAD, *lines)).encode(), "测试文件", boss)
    base.take_in(base.dry_run(boss).seen, boss, withdraws_many=True)


@pytest.fixture
def registered(office: Any, clerk: SignedIn, people: Any) -> dict[str, Any]:
    """Who lives where, by what makes them stand there; the base has come after the first two."""
    made = {
        "plate by address": office.register_person(
            clerk, people(1), road="测试东路", lane="88", no="12", committee="旧居委"
        ),
        "typed": office.register_person(clerk, people(2), road="测试南路", no="9", committee="测试一居"),
    }
    take(office, office.sign_in("supervisor"), *PLATES)
    made["plate by number"] = office.register_person(clerk, people(3), road="测试西路", no="3", committee="")
    made["household"] = office.register_person(clerk, people(4), road="测试西路", no="3", committee="")
    away = {"form": "HZ", "h_committee": "测试三居", "h_road": "测试北路", "h_no": "1", "addr_id": ""}
    Registration.update(**away).where(Registration.id == made["household"].id).execute()
    return {name: str(record.id) for name, record in made.items()}


def exported(committee: str) -> set[str]:
    chosen = Chosen(("RG", "RZ", "HZ"), ("active",), committee)
    found = {str(key) for key in exchange_queries.keys(chosen)}
    assert exchange_queries.count(chosen) == len(found)
    assert {str(row["id"]) for row in exchange_queries.rows(chosen, ["name"], ["committee"])} == found
    return found


def expect(office: Any, boss: SignedIn, registered: dict[str, str], **names: str) -> None:
    """Those stand in the file of each committee, and so many are counted there."""
    for committee, those in names.items():
        assert exported(committee) == {registered[name] for name in those.split(", ") if name}, committee
    counted = {one.committee: one.registered for one in BoardOfRegister(office.register.place).overview(boss).places}
    assert counted == {committee: len(exported(committee)) for committee, those in names.items() if those}


def test_an_export_holds_whom_the_board_counts(office: Any, registered: dict[str, str]) -> None:
    boss, household = office.sign_in("supervisor"), {"测试三居": "household", "旧居委": ""}
    first = {"测试一居": "plate by address, typed", "测试二居": "plate by number"}
    expect(office, boss, registered, **first, **household)
    take(office, boss, PLATES[0].replace("测试一居", "测试四居"), PLATES[1])
    moved = {"测试一居": "typed", "测试四居": "plate by address", "测试二居": "plate by number"}
    expect(office, boss, registered, **moved, **household)
    assert len(exported("")) == 4
