"""A foreign page in the clerk's own browser, on another port of this machine or under a rebound name, reaches nothing.

Another port of 127.0.0.1 is the same site: the browser sends it the clerk's cookie, and only the door stands between.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

ATTACK = """<!doctype html><title>foreign</title>
<img src="{url}/desk"><img src="{url}/sign-out">
<iframe name="framed" src="{url}/desk"></iframe><iframe name="sink"></iframe>
<form id="open" method="post" target="sink" action="{url}/desk/without-card"><input name="csrf" value="x"></form>
<form id="out" method="post" target="sink" action="{url}/sign-out"></form>
<script>
  window.heard = [];
  const stream = new EventSource("{url}/events", {{withCredentials: true}});
  stream.onopen = () => heard.push("stream");
  const post = {{method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams("csrf=x")}};
  fetch("{url}/desk/without-card", post);
  fetch("{url}/register", {{credentials: "include"}}).then(a => a.text()).then(t => heard.push(t)).catch(() => 0);
  navigator.sendBeacon("{url}/sign-out", new URLSearchParams("csrf=x"));
  document.getElementById("open").submit();
  setTimeout(() => document.getElementById("out").submit(), 200);
  setTimeout(() => document.title = "done", 1000);
</script>"""


# The negative control: a door that asks neither where a request comes from nor for its token.
NO_DOOR = "import webui.guard; webui.guard.check_origin = webui.guard.check_token = lambda: None\n"


@contextmanager
def foreign_page(url: str) -> Iterator[str]:
    """Serve the attack on another port; gives its address."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = ATTACK.format(url=url).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def foreign(demo) -> Iterator[str]:
    with foreign_page(demo.url) as address:
        yield address


def test_a_page_on_another_port_changes_and_learns_nothing(clerk, foreign):
    clerk.sign_in()
    clerk.clear_desk()
    drafts = clerk.page.locator("#drafts li").count()
    other = clerk.context.new_page()
    other.goto(foreign)
    expect(other).to_have_title("done")
    assert other.evaluate("heard") == []
    assert other.frame("framed").url.startswith("chrome-error:")
    clerk.page.reload()
    expect(clerk.page.locator("#query")).to_be_visible()
    expect(clerk.page.locator("#drafts li")).to_have_count(drafts)
    expect(clerk.page.locator(".who")).to_be_visible()


@pytest.mark.drill
@pytest.mark.parametrize("weakened_demo", [NO_DOOR], indirect=True, ids=["no-door"])
def test_without_the_door_a_page_on_another_port_signs_the_clerk_out(weakened_demo, clerk_at_weakened):
    clerk = clerk_at_weakened
    clerk.sign_in()
    with foreign_page(weakened_demo.url) as foreign:
        other = clerk.context.new_page()
        other.goto(foreign)
        expect(other).to_have_title("done")
    clerk.page.goto(f"{weakened_demo.url}/desk")
    expect(clerk.page.locator("#password")).to_be_visible()
    expect(clerk.page.locator(".who")).to_have_count(0)


def test_a_rebound_name_gets_400(demo, launch):
    browser = launch("--host-resolver-rules=MAP evil.test 127.0.0.1")
    answer = browser.new_page().goto(f"http://evil.test:{urlsplit(demo.url).port}/sign-in")
    assert answer is not None
    assert answer.status == 400
    browser.close()
