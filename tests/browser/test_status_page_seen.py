"""The page of an agent without a register, as a clerk sees it: it says why in both languages and axe finds nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from agent.errors import Exit, StartRefused
from agent.listening import listen
from agent.web_server import WebServer
from webui.status_page import status_app


def test_why_there_is_no_register_is_said_and_looks_like_ours(launch: Callable[..., Browser]) -> None:
    bound: socket.socket = listen("127.0.0.1", 0)
    port = bound.getsockname()[1]
    server = WebServer(bound, status_app(StartRefused("DATABASE-DAMAGED", Exit.DAMAGED), port), stream_cap=0)
    server.start()
    browser = launch()
    try:
        page = browser.new_page(viewport={"width": 390, "height": 700})
        answer = page.goto(f"http://127.0.0.1:{port}/desk")
        assert answer is not None
        assert answer.status == 503
        expect(page.locator("main code")).to_have_text("DATABASE-DAMAGED")
        expect(page.locator("main p[lang=en]")).not_to_be_empty()
        expect(page.locator("header")).to_have_css("background-color", "rgb(18, 49, 43)")
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        browser.close()
        server.stop()
