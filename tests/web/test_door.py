"""The door: Host, origin, token, session and rights, for every address that the application knows."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import Client

from webui.headers import CONTENT_SECURITY_POLICY, FIXED
from webui.rights import TABLE, Access

ORIGIN = "http://127.0.0.1:8731"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
ENDLESS = ("/events", "/photos/live")
FOREIGN_HOSTS = [
    "", "evil.test", "evil.test:8731", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8732", "127.0.0.1:8731.evil.test",
    "127.0.0.1.evil.test:8731", "127.0.0.1@evil.test:8731", "evil.test@127.0.0.1:8731", "127.0.0.1.:8731",
    "127.0.0.1:08731", "127.0.0.1:8731:8731", "127.0.0.2:8731", "0.0.0.0:8731", "0:8731", "2130706433:8731",
    "0x7f000001:8731", "0177.0.0.1:8731", "127.1:8731", "[::1]:8731", "[::ffff:127.0.0.1]:8731", "::1:8731",
    "LOCALHOST.evil.test:8731", "localhost", "localhost.:8731", "LOCALHOST:8731", "localhost:8731/", "localhost:8731 ",
    " localhost:8731", "localhost:8731", "localhost:8731,evil.test", "station.localhost:8732",
    "station.localhost.:8731", "evil.station.localhost:8731", "station.localhost.evil.test:8731",
    "Station.Localhost:8731", "null", "*", "127.0.0.1:8731\tevil.test", "http://127.0.0.1:8731", "127.0.0.1%3A8731",
    "１２７.0.0.1:8731".encode().decode("latin-1"),
]  # fmt: skip
FOREIGN_ORIGINS = [
    "http://evil.test", "http://127.0.0.1", "http://127.0.0.1:8732", "https://127.0.0.1:8731", "null",
    "http://127.0.0.1:8731/", "http://127.0.0.1:8731.evil.test", "http://localhost:8731", "file://",
    "http://127.0.0.1:8731 http://evil.test", "HTTP://127.0.0.1:8731", "http://evil.test:8731", "",
]  # fmt: skip


def addresses(app: Flask, method: str) -> list[tuple[str, str]]:
    """Every endpoint that takes `method`, with an address that reaches it."""
    found = []
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or set()):
            path = re.sub(r"<int:[^>]+>", "0", rule.rule)
            path = path.replace("<path:filename>", "css/theme.css").replace("<role>", "reader")
            path = path.replace("<any(draft, record):kind>", "draft")
            found.append((rule.endpoint, re.sub(r"<[^>]+>", "00000000-0000-4000-8000-000000000000", path)))
    return found


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_gets_400_and_learns_nothing(house, host):
    app_answer = Client(house.app).get("/sign-in", headers={"Host": host}, environ_overrides={"HTTP_HOST": host})
    assert app_answer.status_code == 400
    assert "测试站" not in app_answer.get_data(as_text=True)
    if len(host) > 4:
        assert host.strip() not in app_answer.get_data(as_text=True)


@pytest.mark.parametrize("host", ["127.0.0.1:8731", "station.localhost:8731"])
def test_our_own_names_are_taken(house, host):
    assert Client(house.app).get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
@pytest.mark.parametrize("site", [None, "cross-site", "same-site", "none"])
def test_an_unsafe_request_from_elsewhere_is_refused(house, origin, site):
    clerk = house.signed_in("clerk")
    headers = {"Origin": origin} if site is None else {"Origin": origin, "Sec-Fetch-Site": site}
    answer = clerk.client.post("/desk/without-card", base_url=ORIGIN, data={"csrf": clerk.csrf}, headers=headers)
    assert answer.status_code == 403
    assert house.station.desk.view(signed_in(house, clerk)).draft is None


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_the_right_origin_does_not_make_up_for_a_foreign_site(house, site):
    clerk = house.signed_in("clerk")
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": site}
    answer = clerk.client.post("/desk/without-card", base_url=ORIGIN, data={"csrf": clerk.csrf}, headers=headers)
    assert answer.status_code == 403


def test_an_unsafe_request_with_neither_header_is_refused(house):
    clerk = house.signed_in("clerk")
    answer = clerk.client.post("/desk/without-card", base_url=ORIGIN, data={"csrf": clerk.csrf})
    assert answer.status_code == 403


def signed_in(house, browser):
    """Who the browser's session belongs to."""
    cookie = browser.client.get_cookie("__Host-sid", domain="127.0.0.1")
    return house.station.accounts.session(cookie.value)


@pytest.mark.parametrize("token", ["", "x", "another session's"])
def test_every_unsafe_address_wants_this_sessions_token(house, token):
    for role in ("clerk", "technician", "supervisor"):
        browser = house.signed_in(role)
        other = house.signed_in("technician" if role == "clerk" else "clerk")
        given = other.csrf if token == "another session's" else token
        for endpoint, path in addresses(house.app, "POST"):
            if not TABLE[endpoint].allows(role):
                continue
            answer = browser.post(path, {"csrf": given})
            assert answer.status_code == 403, (role, path)
        assert house.panel.asked == []


def test_json_and_plain_text_are_no_forms(house):
    clerk = house.signed_in("clerk")
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        answer = clerk.client.post(
            "/desk/without-card",
            base_url=ORIGIN,
            data=f"csrf={clerk.csrf}",
            headers={"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN, "Content-Type": kind},
        )
        assert answer.status_code == 415


def test_every_endpoint_stands_in_the_table_of_rights_and_nothing_else_does(house):
    assert {rule.endpoint for rule in house.app.url_map.iter_rules()} == set(TABLE)


@pytest.mark.parametrize("cookie", [None, "garbage", "x" * 4000])
def test_without_a_session_every_address_sends_to_sign_in_or_refuses(house, cookie):
    visitor = house.visitor()
    if cookie is not None:
        visitor.client.set_cookie("__Host-sid", cookie, domain="127.0.0.1")
    for endpoint, path in addresses(house.app, "GET"):
        if TABLE[endpoint] is Access.ANYONE:
            continue
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/sign-in") or answer.status_code in {
            401,
            403,
        }, path
    for endpoint, path in addresses(house.app, "POST"):
        if TABLE[endpoint] is not Access.ANYONE:
            assert visitor.post(path).status_code in {401, 403}, path


@pytest.mark.parametrize("role", ["clerk", "technician", "supervisor"])
def test_a_role_reaches_its_own_addresses_only(house, role):
    browser = house.signed_in(role)
    for method in ("GET", "POST"):
        for endpoint, path in addresses(house.app, method):
            if TABLE[endpoint].allows(role):
                continue
            answer = browser.get(path) if method == "GET" else browser.post(path)
            assert answer.status_code == 403, (role, method, path)


def test_what_each_role_may_is_written_down_here_too(house):
    may = {role: {name for name, access in TABLE.items() if access.allows(role)} for role in ROLES}
    everybody = may["clerk"] & may["technician"] & may["supervisor"]
    assert may["supervisor"] - everybody == {
        "register.page", "register.record", "register.search", "register.show_in_full", "register.mask_again",
        *USERS, *AUDIT, *TABLES, *EXCHANGE,
        "documents.page", "documents.picture", "documents.thumbnail", "documents.pdf", "notice.current", "notice.page",
        "photos.page", "photos.picture", "printing.make", "printing.page", "printing.sheet", "printing.pdf",
        "board.page", "board.lanes", "board.lines", "board.print_list",
    }  # fmt: skip
    assert may["technician"] - everybody == {
        "devices.page", "devices.restart", "devices.self_test", "devices.use", "devices.use_question",
        "devices.order_question", "devices.give_order", *PRACTICE,
    }  # fmt: skip
    assert not any(name.startswith(("devices.", "users.", "tables.", "rules.", "addresses.")) for name in may["clerk"])
    assert {"desk.page", "drafts.save", "corrections.save", "media.card_picture"} <= may["clerk"]
    others = may["technician"] | may["supervisor"]
    assert not any(name.startswith(("desk.", "drafts.", "doors.", "media.")) for name in others)


ROLES = ("clerk", "technician", "supervisor")
USERS = {"users.page", "users.person", "users.add", "users.new_code", "users.disable", "users.enable"}
EXCHANGE = {
    "export_requests.page", "export_requests.agree", "export_requests.refuse", "export_requests.withdraw",
    "export_requests.make", "exports.page", "exports.make", "exports.file", "imports.page", "imports.upload",
    "imports.check", "imports.run", "imports.cancel", "imports.drop", "imports.rejections",
}  # fmt: skip
AUDIT = {"audit.page", "audit.look"}
TABLES = {name for name in TABLE if name.startswith(("tables.", "rules.", "addresses."))}
PRACTICE = {name for name in TABLE if name.startswith("practice.")}


def test_odd_spellings_of_an_address_open_nothing(house):
    clerk = house.signed_in("clerk")
    for path in ("/desk/", "/desk//", "/DESK", "/desk%2f", "/%2e/desk/x", "/desk/../devices", "/devices/", "/.env"):
        assert clerk.get(path).status_code in {403, 404}, path
    for method in ("put", "delete", "patch", "options", "trace"):
        answer = getattr(clerk.client, method)("/desk", base_url=ORIGIN, headers=FROM_HERE)
        assert answer.status_code == 405, method


def test_every_answer_carries_every_header(house):
    clerk = house.signed_in("clerk")
    answers = [clerk.get(path) for _, path in addresses(house.app, "GET") if path not in ENDLESS]
    answers += [clerk.client.get(path, base_url=ORIGIN, headers=FROM_HERE) for path in ENDLESS]
    answers += [clerk.get("/nowhere"), clerk.post("/desk"), house.visitor().get("/desk"), clerk.post("/sign-in")]
    answers += [Client(house.app).get("/sign-in", headers={"Host": "evil.test"})]
    answers += [clerk.post("/desk/question", {"question": "x" * 300_000})]
    for answer in answers:
        for name, value in FIXED.items():
            if answer.mimetype != "image/png":
                assert answer.headers.get(name) == value, (answer.request.path, name)
        assert not any(name.startswith("Access-Control") for name, _ in answer.headers)
        assert "Server" not in answer.headers
        lasting = answer.request.path.startswith("/static/") and answer.status_code == 200
        assert ("no-store" in answer.headers["Cache-Control"]) != lasting
        answer.close()
    assert answers[-1].status_code == 413
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_cookies_are_for_this_host_alone(house):
    browser = house.visitor()
    first = browser.get("/sign-in").headers.getlist("Set-Cookie")
    who = house.sign_ins["clerk"]
    second = browser.post("/sign-in", {"name": who["name"], "password": who["password"]}).headers.getlist("Set-Cookie")
    for cookie in first + second:
        assert cookie.startswith("__Host-")
        for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie


def test_signing_out_ends_the_session_everywhere(house):
    clerk = house.signed_in("clerk")
    cookie = house.tokens.pop("clerk")
    assert clerk.post("/sign-out").status_code == 303
    again = house.visitor()
    again.client.set_cookie("__Host-sid", cookie, domain="127.0.0.1")
    assert again.get("/desk").headers["Location"] == "/sign-in"


def test_proxy_headers_change_nothing(house):
    clerk = house.signed_in("clerk")
    forged = {"X-Forwarded-Host": "evil.test", "X-Forwarded-For": "10.0.0.1", "X-Original-URL": "/devices"}
    assert clerk.get("/register", **forged).get_data() == clerk.get("/register").get_data()


def test_a_fault_of_ours_tells_a_code_and_a_number_and_nothing_else(house, monkeypatch, caplog):
    clerk = house.signed_in("clerk")

    def broken(*_: object) -> None:
        raise ValueError("990000198506120049 in the trace")

    monkeypatch.setattr(house.station.desk, "view", broken)
    answer = clerk.get("/desk")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "WEB-OURS" in text
    assert re.search(r"[0-9a-f]{12}", text)
    assert "990000198506120049" not in text + caplog.text
    assert "Traceback" not in text
