"""A new station: the one-time code makes the first user, once."""

from __future__ import annotations


def test_the_code_makes_the_first_user_and_dies(empty_house):
    code = empty_house.station.accounts.issue_enrolment_code()
    visitor = empty_house.visitor()
    visitor.get("/sign-in")
    assert 'action="/enrol"' in visitor.page
    secret = "correct horse battery"
    given = {"code": "wrong", "name": "测试员", "password": secret, "again": secret}
    assert visitor.post("/enrol", {**given, "code": code, "again": "another"}).status_code == 409
    assert visitor.post("/enrol", given).status_code == 409
    assert visitor.post("/enrol", {**given, "code": code, "csrf": "x"}).status_code == 403
    assert visitor.post("/enrol", {**given, "code": code}).status_code == 303
    visitor.get("/users")
    assert "测试员" in visitor.page
    assert "主管" in visitor.page
    other = empty_house.visitor()
    other.get("/sign-in")
    assert 'action="/enrol"' not in other.page
    assert other.post("/enrol", {**given, "code": code, "name": "样例"}).status_code == 409
