"""The page of an agent without a register answers under its own names only, and tells a foreign page nothing."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from agent.errors import Exit, StartRefused
from webui.status_page import status_app

APP = status_app(StartRefused("DATABASE-DAMAGED", Exit.DAMAGED), 8731)


@pytest.mark.parametrize("host", ["127.0.0.1:8731", "station.localhost:8731"])
@pytest.mark.parametrize("path", ["/", "/desk", "/nowhere?x=1"])
def test_under_our_names_the_reason_is_told(host, path):
    answer = Client(APP).get(path, headers={"Host": host})
    assert answer.status_code == 503
    assert "DATABASE-DAMAGED" in answer.text


@pytest.mark.parametrize(
    "host",
    ["", "evil.test", "evil.test:8731", "127.0.0.1", "127.0.0.1:8732", "127.0.0.1.evil.test:8731", "LOCALHOST:8731",
     "127.0.0.1:8731 ", "[::1]:8731", "station.localhost.:8731", "localhost:8731", "localhost:8731,evil.test"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_a_foreign_name_gets_400_and_learns_nothing(host, method):
    answer = Client(APP).open("/", method=method, environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 400
    assert "DATABASE" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_request_without_a_name_is_foreign():
    def start(status, _headers):
        assert status.startswith("400")

    assert APP({"REQUEST_METHOD": "GET"}, start)


def test_the_reason_is_served_with_a_look_of_its_own():
    answer = Client(APP).get("/status.css", headers={"Host": "127.0.0.1:8731"})
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert Client(APP).get("/status.css", headers={"Host": "evil.test"}).status_code == 400
