"""How a scan has ended is said once, with what is to be done about the paper, and where it is news."""

from __future__ import annotations

import re
import time
import uuid

import pytest

from peewee_models.documents import ScanJob

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def house(house_with_scanner):
    """A station whose scanner is not there."""
    with house_with_scanner(address="sane:test:9") as opened:
        end_s = time.monotonic() + PATIENCE_S
        while (status := opened.station.documents.scans._status()).is_coming or not status.code:
            assert time.monotonic() < end_s
            time.sleep(0.05)
        yield opened


@pytest.fixture
def clerk(house):
    """A clerk with a form on the desk."""
    return house.clerk_at_a_form()


def ended(house, clerk, state: str, **more) -> str:
    """A scan for the form on the desk that has ended; gives the place of its papers."""
    place, now = clerk.documents(), house.station.clock.now()
    by = house.station.accounts.session(house.tokens["clerk"], is_attended=False)
    known = {"request": {}, "facts": {}, "page_count": 0, "error_code": ""} | more
    with house.station.documents._store.write():
        ScanJob.create(
            id=uuid.uuid4(), draft=uuid.UUID(place.rpartition("/")[2]), kind="D04", user=uuid.UUID(by.user_id),
            session_id=uuid.UUID(by.session_id), state=state, queued_at=now, ended_at=now, **known,
        )  # fmt: skip
    return place


def said(clerk, place: str) -> tuple[str, str]:
    """What stands there of the scan, and of the scanner."""
    clerk.get(place)
    [job] = re.findall(r'<div id="scan-job".*?</div>', clerk.page, re.DOTALL)
    return job, "".join(re.findall(r'id="scanner-says">.*?</p>', clerk.page, re.DOTALL))


def test_what_is_wrong_with_the_scanner_is_not_said_a_second_time_beside_the_scan_that_it_ended(house, clerk):
    place = ended(house, clerk, "failed", error_code="SCANNER-JAM")
    _, scanner = said(clerk, place)
    assert "扫描仪" in scanner, "another thing is wrong with it now, so both are said"
    status = house.station.documents.scans._status()
    place = ended(house, clerk, "failed", error_code=status.code, facts=dict(status.facts))
    job, scanner = said(clerk, place)
    assert "扫描仪" in job
    assert scanner == ""


@pytest.mark.parametrize(("source", "is_said"), [("adf", True), ("adf-duplex", True), ("flatbed", False)])
def test_who_calls_a_scan_from_the_feeder_off_is_told_to_put_the_paper_back(house, clerk, source, is_said):
    place = ended(house, clerk, "cancelled", request={"source": source}, page_count=1)
    for shown_at in (place, "/desk"):
        job, _ = said(clerk, shown_at)
        assert "已扫的 1 页都在" in job
        assert ("走过送纸器而没有存下的纸，请放回去再扫" in job) == is_said
