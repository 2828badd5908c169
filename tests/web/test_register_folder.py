"""In a register there is no practice: no band, no panel, no page for it."""

from __future__ import annotations

import dataclasses

import pytest

from webui import WebSettings, create_app


@pytest.mark.parametrize("role", ["clerk", "technician"])
def test_a_register_has_no_fault_panel(house, role):
    house.signed_in(role)
    services = dataclasses.replace(house.app.extensions["renhu"].services, practice=None)
    app = create_app(services, WebSettings("127.0.0.1", 8731, False, "测试站"))
    register = dataclasses.replace(house, app=app)
    browser = register.signed_in(role)
    assert 'class="band"' not in browser.page
    assert "/practice" not in browser.page
    assert browser.get("/practice").status_code == 404
    assert browser.post("/practice/plate", {"card": "r01"}).status_code in {403, 404}
    assert house.panel.asked == []
