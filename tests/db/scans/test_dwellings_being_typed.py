"""What comes while an address is typed proves what is typed there in the end: it counts once that is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Case


def test_a_paper_that_comes_while_its_clerk_types_a_move_is_of_what_is_typed(case: Case) -> None:
    record = case.registered()
    case.type_over(record, road="测试西路")
    case.lease(record)
    assert (case.told(record), case.of(record)) == (("here", 1, 0, 1), ["", "测试西路"]), "nothing has moved yet"
    case.correct(record, road="测试西路", room="3")
    assert (case.told(record), case.of(record)) == (("here", 1, 0, 1), ["测试东路", ""])


def test_what_comes_while_an_address_is_half_typed_proves_the_address_that_is_saved(case: Case) -> None:
    record = case.registered()
    case.type_over(record, road="测试西")
    case.lease(record)
    case.type_over(record, road="测试西路", no="9")
    case.lease(record)
    assert (case.told(record), case.of(record)) == (("here", 1, 0, 2), ["", "测试西路"]), "one new document"
    case.correct(record, road="测试西路", no="9", room="3")
    assert (case.told(record), case.of(record)) == (("here", 2, 0, 1), ["测试东路", ""])
    case.type_over(record, road="测试北路")
    case.register.give_up_correction(record.id, case.room.by)
    assert case.told(record) == ("here", 2, 0, 1), "it follows no later correction"


def test_what_came_under_a_correction_that_ends_otherwise_is_of_what_was_typed_last(case: Case) -> None:
    record = case.registered()
    case.type_over(record, road="测试西")
    case.lease(record)
    case.type_over(record, road="测试西路")
    case.register.give_up_correction(record.id, case.room.by)
    assert case.of(record) == ["", "测试西路"]
    case.type_over(record, road="测")
    case.lease(record, "D03")
    case.type_over(record)
    assert case.told(record, "D03") == ("here", 1, 0, 0), "typed back to what is stored"
    case.type_over(record, road="测试北路")
    case.lease(record, "D12")
    case.register.take_stored(record.id, "road", case.room.by)
    assert case.told(record, "D12") == ("here", 1, 0, 0)


@pytest.mark.parametrize("first", [{"road": ""}, {"room": "12"}, {"employer": "测试厂"}])
def test_a_new_lease_never_comes_into_the_old_ones_document(case: Case, first: dict[str, str]) -> None:
    record = case.registered()
    case.type_over(record, **first)
    case.lease(record)
    case.type_over(record, **{**first, "road": "测试西路"})
    case.correct(record, **{**first, "road": "测试西路"})
    assert (case.told(record), case.of(record)) == (("here", 1, 0, 1), ["测试东路", ""])


def test_what_is_typed_beside_the_address_makes_no_page_doubtful(case: Case) -> None:
    record = case.registered()
    case.type_over(record, employer="测试厂")
    case.lease(record)
    assert (case.told(record), case.of(record)) == (("here", 2, 0, 0), ["", ""])
    case.correct(record, employer="测试厂")
    case.lease(record)
    assert [len(one.pages) for one in case.leases(record)] == [1, 2]


def test_two_clerks_corrections_of_one_record_leave_each_others_papers_alone(case: Case) -> None:
    record, other = case.registered(), case.room.colleague()
    for road in ("测试西", "测试西路"):
        case.type_over(record, road=road)
        case.type_over(record, other, road=road)
    case.lease(record)
    case.lease(record, by=other)
    case.lease(record)
    assert [len(one.pages) for one in case.leases(record)] == [1, 2, 1]
    case.type_over(record, road="测试北路")
    case.lease(record)
    case.correct(record, road="测试北路")
    assert case.of(record) == ["测试东路", "", "测试西路"]
    case.lease(record, by=other)
    assert [len(one.pages) for one in case.leases(record)] == [1, 3, 2], "the other one still corrects"


def test_a_colleague_who_saves_meanwhile_parts_no_papers_that_came_under_one_correction(case: Case) -> None:
    record, other = case.registered(), case.room.colleague()
    case.type_over(record, no="9")
    case.lease(record)
    version = case.register.record(record.id, other).version
    case.register.edit(record.id, {"road": "测试南路"}, version, other, "本人申报")
    case.lease(record)
    assert [len(one.pages) for one in case.leases(record)] == [1, 2]
    case.correct(record, no="9")
    assert case.of(record) == ["测试东路", "测试东路"], "asked for once more: nobody knows which road it is of"


def test_a_page_from_before_a_correction_is_not_swept_along(case: Case) -> None:
    record = case.registered()
    case.type_over(record, road="测试西路", employer="测试厂")
    case.lease(record)
    case.type_over(record)
    case.lease(record)
    case.type_over(record, road="测试北路")
    case.correct(record, road="测试北路")
    assert case.told(record) == ("missing", 0, 0, 3)


def test_only_who_corrects_is_told_that_a_paper_will_count_and_need_not_count_it(case: Case) -> None:
    record, other = case.registered(), case.room.colleague()
    proofs, by = case.room.service.proofs, case.room.by
    case.type_over(record, road="测试西路")
    case.lease(record)
    old, new = case.leases(record)
    assert (old.awaits, new.awaits, new.elsewhere["road"]) == (False, True, "测试西路")
    assert [one.awaits for one in case.leases(record, other)] == [False, False]
    own = case.room.code_of(lambda: proofs.count(record, new.id, new.version, by))
    assert (own, case.of(record)) == ("DOCUMENT-CHANGED", ["", "测试西路"])
    case.type_over(record, road="测试北路")
    late = case.room.code_of(lambda: proofs.count(record, new.id, new.version, other))
    assert late == "DOCUMENT-CHANGED", "it was told of another address"
    [_, seen] = case.leases(record, other)
    proofs.count(record, seen.id, seen.version, other)
    case.type_over(record, road="测试南路")
    case.correct(record, road="测试北路")
    assert case.of(record) == ["测试东路", "测试东路"], "a colleague had said that it is of the dwelling of that time"
    [_, left] = case.leases(record)
    assert case.row(left).brought_for["road"] == "测试北路", "and it follows on what it was brought for"


def test_a_count_that_is_taken_back_leaves_the_paper_with_its_correction(case: Case) -> None:
    record, other = case.registered(), case.room.colleague()
    proofs = case.room.service.proofs
    case.type_over(record, road="测试西")
    case.lease(record)
    for deed in (proofs.count, proofs.uncount):
        [_, seen] = case.leases(record, other)
        deed(record, seen.id, seen.version, other)
    case.type_over(record, road="测试西路")
    case.correct(record, road="测试西路")
    assert case.of(record) == ["测试东路", ""]


def test_a_count_that_is_taken_back_takes_no_page_along_that_came_later(case: Case) -> None:
    record, by, proofs = case.registered(), case.room.by, case.room.service.proofs
    case.correct(record, road="测试西路")
    [old] = case.leases(record)
    proofs.count(record, old.id, old.version, by)
    case.lease(record)
    [old, _] = case.leases(record)
    proofs.uncount(record, old.id, old.version, by)
    assert (case.of(record), case.told(record)) == (["测试东路", ""], ("here", 1, 0, 1))


def test_a_paper_that_is_counted_twice_is_still_known_by_what_it_was_brought_for(case: Case) -> None:
    record, by = case.registered(), case.room.by
    for road in ("测试西路", "测试北路"):
        case.correct(record, road=road)
        [one] = case.leases(record)
        case.room.service.proofs.count(record, one.id, one.version, by)
    [one] = case.leases(record)
    assert one.brought_for["road"] == "测试东路"
    case.room.service.proofs.uncount(record, one.id, one.version, by)
    assert case.of(record) == ["测试东路"]


def test_somebody_elses_move_takes_no_paper_along_that_came_beside_it(case: Case) -> None:
    record, other = case.registered(), case.room.colleague()
    case.type_over(record, employer="测试厂")
    case.lease(record)
    version = case.register.record(record.id, other).version
    case.register.edit(record.id, {"road": "测试西路"}, version, other, "搬家")
    for typed in ({"employer": "测试二厂"}, {}):
        assert [one.awaits for one in case.leases(record)] == [False, False]
        assert case.told(record) == ("missing", 0, 0, 2)
        case.type_over(record, **typed)
    assert case.told(record) == ("missing", 0, 0, 2)


def test_one_scan_stays_together_though_the_correction_is_saved_in_its_midst(case: Case) -> None:
    record = case.registered()
    case.type_over(record, road="测试")
    job = case.scan(record)
    case.lease(record, job=job)
    case.correct(record, road="测试西路")
    case.lease(record, job=job)
    assert (case.told(record), case.of(record)) == (("here", 2, 0, 1), ["测试东路", ""])


def test_one_scan_stays_together_though_another_paper_is_counted_in_its_midst(case: Case) -> None:
    record = case.registered()
    case.type_over(record, road="测试西路")
    case.lease(record)
    case.register.give_up_correction(record.id, case.room.by)
    job = case.scan(record)
    case.lease(record, job=job)
    [_, newer] = case.leases(record)
    case.room.service.proofs.count(record, newer.id, newer.version, case.room.by)
    case.lease(record, job=job)
    assert [len(one.pages) for one in case.leases(record)] == [3, 1]
