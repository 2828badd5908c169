"""A new station: the one-time code makes the first user, once."""

from __future__ import annotations


def test_the_code_makes_the_first_user_and_dies(empty_house, tmp_path):
    place = tmp_path / "enrol"
    empty_house.station.accounts.offer_enrolment(place)
    code = place.read_text().strip()
    visitor = empty_house.visitor()
    visitor.get("/sign-in")
    assert 'action="/enrol"' in visitor.page
    assert str(place) in visitor.page
    secret = "correct horse battery"
    given = {"code": "wrong", "name": "测试员", "password": secret, "again": secret}
    assert visitor.post("/enrol", {**given, "code": code, "again": "another"}).status_code == 409
    assert visitor.post("/enrol", given).status_code == 409
    assert (
        visitor.post("/enrol", {**given, "code": code, "password": "password1", "again": "password1"}).status_code
        == 409
    )
    assert place.exists()
    assert visitor.post("/enrol", {**given, "code": code, "csrf": "x"}).status_code == 403
    assert visitor.post("/enrol", {**given, "code": code}).status_code == 303
    assert not place.exists()
    visitor.get("/users")
    assert "测试员" in visitor.page
    assert "主管" in visitor.page
    other = empty_house.visitor()
    other.get("/sign-in")
    assert 'action="/enrol"' not in other.page
    assert other.post("/enrol", {**given, "code": code, "name": "样例"}).status_code == 409
