"""Whatever stands in an address or a field of the photos' pages: it is refused in words, and no fault of ours."""

from __future__ import annotations

import pytest

NOWHERE = "00000000-0000-4000-8000-000000000000"
HOSTILE = (
    "nan",
    "-nan",
    "inf",
    "-inf",
    "1e400",
    "-1e400",
    "1e-400",
    "9" * 5000,
    "-1",
    "",
    " ",
    "0x10",
    "1_0",
    "１２",
    "٣",
    "NaN\0",
    "\ud7ff\U0001f4f7",
    "400;DROP TABLE photo",
    "null",
    "1,5",
)  # fmt: skipNOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value[:12]))
def test_hostile_values_are_refused_and_never_our_fault(house, camera, desk, value, monkeypatch):
    monkeypatch.setattr(house.station.photos._clock, "sleep", lambda _seconds: None)
    desk.take()
    photo, version = desk.photo(house)
    good = {"left": "100", "top": "0", "width": "500", "version": str(version)}
    codes = set()
    for name in good:
        for act in ("make", "left", "larger"):
            codes.add(desk.clerk.post(f"{photo}/frame", good | {name: value, "act": act}).status_code)
        codes.add(desk.clerk.get(f"{photo}/frame?left=1&top=1&width=400").status_code)
    for name in ("left", "top", "width"):
        query = {**good, name: value}
        codes.add(desk.clerk.client.get(
            f"{photo}/frame", base_url="http://127.0.0.1:8731", query_string=query, buffered=True
        ).status_code)  # fmt: skip
    for act in ("use", "drop"):
        codes.add(desk.clerk.post(f"{photo}/{act}", {"version": value}).status_code)
    codes.add(desk.clerk.post(f"{desk.place}/take", {"delay": value}).status_code)
    codes.add(desk.clerk.post(f"{desk.place}/camera", {"setting": value, "value": value}).status_code)
    assert max(codes) < 500, codes


@pytest.mark.parametrize("key", ["nan", "%00", "..", "0" * 32, NOWHERE, "é", "%F0%9F%93%B7", "9" * 3000, "'--"])
def test_a_key_that_is_none_is_not_found(desk, key):
    for path in (f"/photos/draft/{key}", f"{desk.place}/{key}.jpg", f"{desk.place}/{key}/still.jpg"):
        assert desk.clerk.get(path).status_code == 404, path
    frame = {"left": "0", "top": "0", "width": "400", "act": "make", "version": "1"}
    for act in ("use", "drop", "frame"):
        assert desk.clerk.post(f"{desk.place}/{key}/{act}", frame).status_code in {404, 409}, act
    assert desk.clerk.post(f"/photos/draft/{key}/take").status_code == 404
