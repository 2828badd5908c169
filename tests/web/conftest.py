"""A whole station without a reader's process: real database, accounts, register, desk; the test lays the cards."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from agent.assembly import assemble
from agent.clock import SystemClock
from agent.config import parse
from agent.documents.media_key import KeySources
from agent.documents.opening import open_documents
from agent.folder import DataFolder, FolderKind
from agent.notify import Notifier
from agent.pages import Practice, services_of
from agent.register.desk import CardEvent
from agent.station import Station
from agent.store import open_store
from drivers.api import CardKind, IdCard
from webui import WebSettings, create_app
from webui.practice import (
    PracticeBed,
    PracticeCard,
    PracticeFault,
    PracticeGroup,
    PracticeLook,
    PracticePaper,
    PracticeParameter,
    PracticeReader,
    PracticeSitter,
    PracticeStudio,
)

HOST = "127.0.0.1:8731"
ORIGIN = f"http://{HOST}"
PATIENCE_S = 60.0
WORDS = {"zh": "说明", "en": "about"}


def group(members: list[Any]) -> list[PracticeGroup[Any]]:
    """The members as the one group that there is."""
    return [PracticeGroup("start", WORDS, members)]


@dataclass
class Panel:
    """A fault panel that writes down what it was asked."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def look(self) -> Any:
        cards = [PracticeCard("r01", "resident", "测试甲", WORDS), PracticeCard("h01", "hmt", "测试\ue863", WORDS)]
        return PracticeReader(group(cards), self.faults(), "h01")

    def faults(self) -> list[PracticeGroup[PracticeFault]]:
        count = PracticeParameter("count", "1", (), 1, 9)
        silent = PracticeFault("silent", [count], False, WORDS, WORDS)
        return group([silent, PracticeFault("card-pulled", [], True, WORDS, WORDS)])

    def lay(self, card_id: str) -> None:
        self.asked.append(("lay", card_id))

    def lift(self) -> None:
        self.asked.append(("lift",))

    def switch_on(self, name: str, parameters: dict[str, str]) -> None:
        self.asked.append(("on", name, dict(parameters)))

    def switch_off(self, name: str) -> None:
        self.asked.append(("off", name))

    def switch_all_off(self) -> None:
        self.asked.append(("all-off",))


@dataclass
class ScannerPanel(Panel):
    """The same for the scanner."""

    def look(self) -> Any:
        papers = [PracticePaper("lease", "测试合同", 2, WORDS), PracticePaper("letter", "测试证明", 1, WORDS)]
        return PracticeBed(group(papers), self.faults(), ["letter"], "lease", "back")

    def empty(self) -> None:
        self.asked.append(("empty",))

    def fill_feeder(self, paper_ids: list[str]) -> None:
        self.asked.append(("feeder", *paper_ids))

    def lay_on_glass(self, paper_id: str, side: str) -> None:
        self.asked.append(("glass", paper_id, side))


@dataclass
class CameraPanel(Panel):
    """The same for the camera."""

    def look(self) -> Any:
        sitters = [PracticeSitter("h01", "测试\ue863", "2", 41), PracticeSitter("v01", "测试访客", "1", 30)]
        looks = [
            PracticeGroup("start", WORDS, [PracticeLook("good", {"zh": "端正", "en": "straight"})]),
            PracticeGroup("light", WORDS, [PracticeLook("dark", {"zh": "太暗", "en": "dark"})]),
        ]
        settings = {"size": "4000x3000", "quality": "jpeg", "battery": "80", "turned": ""}
        sizes, qualities = ["4000x3000", "1000x750"], ["jpeg", "raw"]
        return PracticeStudio(sitters, looks, self.faults(), "v01", "dark", settings, sizes, qualities, 3)

    def seat(self, person: str, look: str) -> None:
        self.asked.append(("seat", person, look))

    def leave(self) -> None:
        self.asked.append(("leave",))

    def picture(self, person: str, look: str) -> bytes:
        return f"{person} {look}".encode()

    def set(self, settings: dict[str, str]) -> None:
        self.asked.append(("set", dict(settings)))

    def empty_card(self) -> None:
        self.asked.append(("empty-card",))

    def begin_anew(self) -> None:
        self.asked.append(("begin-anew",))


@dataclass
class Browser:
    """One person's browser: cookies, the right headers, and the token of the page it has open."""

    client: Client
    csrf: str = ""
    page: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        answer = self.client.get(
            path, base_url=ORIGIN, headers={"Sec-Fetch-Site": "same-origin", **headers}, buffered=True
        )
        self._look(answer)
        return answer

    def post(self, path: str, data: dict[str, str] | None = None, **headers: str) -> TestResponse:
        fields = {"csrf": self.csrf, **(data or {})}
        sent = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN, **headers}
        kind = "multipart/form-data" if path.endswith("/upload") else None
        answer = self.client.post(path, base_url=ORIGIN, headers=sent, data=fields, content_type=kind, buffered=True)
        self._look(answer)
        return answer

    def _look(self, answer: TestResponse) -> None:
        if answer.mimetype == "text/html":
            self.page = answer.get_data(as_text=True)
            found = re.search(r'name="csrf" value="([^"]+)"', self.page)
            if found and answer.status_code < 400:
                self.csrf = found[1]

    def form(self, **typed: str) -> dict[str, str]:
        """The fields of the open form as a browser without JavaScript sends them, some typed anew."""
        found = re.findall(r'<input type="hidden" name="(was\.[^"]+)" value="([^"]*)"', self.page)
        was = {name: html.unescape(value) for name, value in found}
        shown = {name.removeprefix("was."): value for name, value in was.items()}
        return {**shown, **was, **typed}

    def documents(self) -> str:
        """The address of the documents of the form on the desk."""
        self.get("/desk")
        return f"/documents/draft/{self.action('keep').split('/')[3]}"

    def action(self, end: str) -> str:
        """The address of the open draft's act."""
        found = re.search(rf'(?:form)?action="(/desk/draft/[^"]+/{end})"', self.page)
        assert found, end
        return found[1]


@dataclass
class House:
    """The station, its application, and who may sign in."""

    app: Flask
    station: Station
    panel: Panel
    scanner_panel: ScannerPanel
    camera_panel: CameraPanel
    sign_ins: dict[str, dict[str, str]]
    tokens: dict[str, str] = field(default_factory=dict)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until `condition` holds; `what` says what it stands for."""
        end_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < end_s:
            if condition():
                return
            time.sleep(0.02)
        pytest.fail(f"never happened: {what}")

    def visitor(self) -> Browser:
        return Browser(Client(self.app))

    def signed_in(self, role: str) -> Browser:
        """A browser in the session of the role's demo user; they sign in once, for tries are counted.

        A test that signs in the same person elsewhere ends that session: then anew.
        """
        if self.station.accounts.session(self.tokens.get(role, ""), is_attended=False) is None:
            self.tokens[role] = self.sign_in(role)
        browser = self.visitor()
        browser.client.set_cookie("__Host-sid", self.tokens[role], domain="127.0.0.1")
        browser.get({"clerk": "/desk", "technician": "/devices", "supervisor": "/register"}[role])
        return browser

    def clerk_at_a_form(self) -> Browser:
        """A clerk with a form on the desk, which no card filled."""
        browser = self.signed_in("clerk")
        browser.post("/desk/without-card")
        return browser

    def sign_in(self, role: str) -> str:
        """Sign in through the page; gives the new session's token."""
        browser = self.visitor()
        browser.get("/sign-in")
        who = self.sign_ins[role]
        answer = browser.post("/sign-in", {"name": who["name"], "password": who["password"]})
        assert answer.status_code == 303, browser.page
        return browser.client.get_cookie("__Host-sid", domain="127.0.0.1").value

    @staticmethod
    def card(name: str = "测试林", number: str = "990000198506120049", **changes: Any) -> IdCard:
        """A made-up resident's card."""
        made = resident(name, number)
        return msgspec.structs.replace(made, **changes)

    def lay(self, card: IdCard) -> None:
        """What the reader tells the desk of a card that is read twice."""
        desk = self.station.desk
        desk.reader_event(CardEvent("placed"))
        desk.reader_event(CardEvent("read", card))
        desk.reader_event(CardEvent("verified", msgspec.structs.replace(card, readings=2)))

    def lift(self) -> None:
        self.station.desk.reader_event(CardEvent("removed"))


def resident(name: str, number: str) -> IdCard:
    return IdCard(
        kind=CardKind.RESIDENT,
        name=name,
        name_latin=None,
        sex="2",
        ethnic_group="01",
        birth_date=f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        address="测试地区云杉路8号",
        newest_addresses=(),
        id_number=number,
        issuer="测试市公安局",
        valid_from="2018-05-01",
        valid_to="2038-05-01",
        nationality=None,
        pass_number=None,
        issues=None,
        sam_id="99.99-20200101-0000000001-0000000001",
        readings=1,
        doubtful=(),
        text_raw=name.encode("utf-16-le").ljust(256, b"\x00"),
        photo_wlt=b"",
    )


@contextmanager
def open_house(
    folder: Path,
    *,
    has_users: bool = True,
    reader: dict[str, Any] | None = None,
    scanner: dict[str, Any] | None = None,
    camera: dict[str, Any] | None = None,
) -> Iterator[House]:
    """A station in a new practice folder, without any device but for those whose section is given."""
    document = {"data": {"folder": str(folder)}, "station": {"code": "990000001", "name": "测试站"}}
    section = {**(reader or {}), "address": "serial:auto"}
    more = {"scanner": scanner, "camera": camera}
    devices = {"reader": section} | {role: given for role, given in more.items() if given is not None}
    config = parse({**document, "devices": devices}, "test")
    named = None if reader is None or config.reader is None else replace(config.reader, address=reader["address"])
    config = replace(config, port=8731, reader=named)
    taken = DataFolder.take(config.folder, FolderKind.PRACTICE)
    store = open_store(taken, config.key)
    papers = open_documents(KeySources(config.media_key, config.key), taken, store, SystemClock(config.time_zone))
    station = assemble(config, FolderKind.PRACTICE, store, papers, Notifier({}))
    station.start()
    panel, scanner_panel, camera_panel = Panel(), ScannerPanel(), CameraPanel()
    services = services_of(station, Practice(panel, scanner_panel, camera=camera_panel))
    app = create_app(services, WebSettings("127.0.0.1", 8731, True, "测试站"))
    made = station.accounts.create_demo_users() if has_users else []
    sign_ins = {who["role"]: who for who in made}
    try:
        yield House(app, station, panel, scanner_panel, camera_panel, sign_ins)
    finally:
        station.stop()
        store.close()
        taken.release()


@pytest.fixture(scope="module")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A station that has no users yet."""
    with open_house(tmp_path_factory.mktemp("station") / "data", has_users=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One station for all tests of a file."""
    with open_house(tmp_path_factory.mktemp("station") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def house_with_reader(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[House]]:
    """Open a station with a reader, one at a time; the keywords stand in the reader's section of the configuration."""

    def start(**section: Any) -> AbstractContextManager[House]:
        return open_house(tmp_path_factory.mktemp("station") / "data", reader=section)

    return start


@pytest.fixture(scope="module")
def house_with_scanner(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[House]]:
    """The same with a scanner."""

    def start(**section: Any) -> AbstractContextManager[House]:
        return open_house(tmp_path_factory.mktemp("station") / "data", scanner=section)

    return start


@pytest.fixture(scope="module")
def house_with_camera(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[House]]:
    """The same with a camera."""

    def start(**section: Any) -> AbstractContextManager[House]:
        return open_house(tmp_path_factory.mktemp("station") / "data", camera=section)

    return start
