"""Without JavaScript no button of a form loses what was typed: each one is pressed with something typed just before."""

from __future__ import annotations

import importlib.util
import io
import itertools
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from werkzeug.datastructures import MultiDict

from agent.documents import kinds
from agent.documents.crops import Box
from agent.documents.job_state import JobState
from agent.documents.scan_views import JobView, Notice, ScannerView, SourceView
from agent.documents.views import CardWaiting, CropView, DocumentView, PageView
from agent.documents.views import Doubt as Doubtful
from agent.photos.framing import Frame
from agent.photos.making import Told
from agent.photos.views import CameraView, PhotoView
from drivers.api import Doubt, DoubtReason
from peewee_models.corrections import Correction
from peewee_models.drafts import Draft, DraftField

SPEC = importlib.util.spec_from_file_location("plain_page", Path(__file__).with_name("plain_page.py"))
plain_page = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(plain_page)

ORIGIN: Final = "http://127.0.0.1:8731"
ERASES: Final = {"drafts.discard", "corrections.give_up"}
ANSWERS: Final = {303, 409, 422}
SOURCE: Final = SourceView(("colour", "grey"), (300,), ("a4",), 216, 297)
READY: Final = ScannerView(
    "ready", "", {}, "", {"flatbed": SOURCE, "adf-duplex": SOURCE}, card_sources=("flatbed", "adf-duplex")
)
REST: Final = {
    "hukou_div": "990000", "soldier": "0", "arrive_city_date": "2026.3.2", "arrive_here_date": "20260305",
    "reason": "12", "proof_type": "2", "town": "xzz", "road": "测试东路", "mobile": "13800000000",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "education": "高中", "notice_given": "1",
}  # fmt: skip
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
serials = itertools.count(1)


def number() -> str:
    """A made-up number that was not used before."""
    head = f"9900001985{1 + next(serials) % 12:02}12{2 * next(serials) % 1000:03}"
    return head + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS, strict=True)) % 11]


@dataclass
class Scene:
    """How a page with buttons comes about."""

    name: str
    make: Callable[[Any, Any], str]
    board: dict[str, Any] = field(default_factory=dict)
    photos: dict[str, Any] = field(default_factory=dict)


def empty_desk(house):
    """A clerk at the desk, with no card on the reader and no form."""
    house.lift()
    clerk = house.signed_in("clerk")
    if "draft-form" in clerk.page:
        clerk.post(clerk.action("aside"))
    return clerk


def new_draft(clerk, **typed):
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(**typed))
    return "/desk"


def another_card(house, clerk):
    for name in ("测试甲", "样例乙"):
        house.lay(house.card(name, number()))
        if name == "测试甲":
            house.lift()
    return "/desk"


def household_member(house, clerk):
    another_card(house, clerk)
    clerk.get("/desk")
    act = re.search(r'formaction="(/desk/question[^"]+)"', clerk.page)[1]
    clerk.post(act, {"choice": "household-member"})
    return "/desk"


def saved(house, clerk):
    house.lay(house.card("测试丙", number()))
    clerk.get("/desk")
    answer = clerk.post(clerk.action("save"), clerk.form(**REST, then="stay"))
    assert answer.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    house.lift()
    return answer.headers["Location"]


def joining(house, clerk):
    clerk.post(f"/households/{saved(house, clerk).rpartition('/')[2]}/member")
    return "/desk"


def known(house, clerk):
    """The card of somebody who is registered already."""
    record = saved(house, clerk)
    clerk.post(f"{record}/full", {"reason": "COMPARE"})
    clerk.get(record)
    house.lay(house.card("测试丙", re.search(r'data-field="id_no" data-value="([^"]+)"', clerk.page)[1]))
    return "/desk"


def doubted(house, clerk):
    """A chip's value typed over, another with a proposal, and a number that only a second person lets pass."""
    doubt = Doubt("name", DoubtReason.PRIVATE_USE, 2, "U+E863")
    right = number()
    house.lay(house.card("测试\ue863", right, doubtful=(doubt,)))
    house.lift()
    clerk.get("/desk")
    wrong = right[:17] + ("0" if right[17] != "0" else "1")
    clerk.post(clerk.action("keep"), clerk.form(id_no=wrong, hukou_address="测试别处"))
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(id_no_again=wrong))
    return "/desk"


def correction(house, clerk):
    place = f"{saved(house, clerk)}/edit"
    clerk.get(place)
    version = re.search(r'name="version" value="(\d+)"', clerk.page)[1]
    shown = clerk.form()
    right = shown["id_no"].replace(" ", "")
    wrong = right[:17] + ("0" if right[17] != "0" else "1")
    shown |= {"id_no": wrong, "id_no_again": wrong, "road": "测试西路"}
    clerk.post(f"{place}/keep", shown | {"version": version, "edit_reason": "测试"})
    return place


WHOLE: Final = Box(0, 0, 210, 297)
CROP: Final = CropView(
    "", "D01", 1, 1, "proposed", 0, (210, 297), Box(5, 5, 100, 150), None, (210, 297), WHOLE, False, 0
)
SHEET: Final = PageView(str(uuid.UUID(int=1)), 1, "front", "scanned", 0, (), None, "", "", "")
KIND: Final = kinds.kind("D01")


def document(*pages):
    """A document that is shown so, though nothing of it is stored: what is done to it is refused."""
    return [DocumentView(str(uuid.UUID(int=2)), KIND, 1, pages, (), {}, False, {})]


CAMERA: Final = CameraView(is_there=True, is_usable=True, has_live_view=True)
TAKEN: Final = PhotoView(
    str(uuid.UUID(int=4)), 1, [Told("PHOTO-TILTED", {"degrees": 9}, (1, 1, 9, 9))], Frame(0, 0, 358, 441),
    (358, 441), datetime(2026, 3, 2, tzinfo=UTC), "测试员", None, "", "",
)  # fmt: skip
USED: Final = replace(TAKEN, used_at=TAKEN.taken_at, used_by="测试员", reason="测试")


SCENES: Final = (
    Scene("another card", another_card, {"scanner": READY}),
    Scene("household", household_member),
    Scene("joining a household", joining),
    Scene("known", known),
    Scene("out of scope", lambda _house, clerk: new_draft(clerk, soldier="1")),
    Scene("doubted", doubted),
    Scene(
        "a scan under way and a back awaited",
        lambda _house, clerk: new_draft(clerk, id_type="111"),
        {
            "scanner": READY,
            "notice": Notice("SCAN-BUTTON-PRESSED", {}),
            "documents": document(replace(SHEET, card="front")),
            "card": CardWaiting(SHEET.id, "D01", "", ""),
            "job": JobView(str(uuid.UUID(int=3)), KIND, JobState.SCANNING, 0, 0, 0, "", {}),
        },
    ),
    Scene(
        "pages to look at",
        lambda _house, clerk: new_draft(clerk, id_type="111"),
        {
            "scanner": READY,
            "documents": document(
                replace(SHEET, doubts=(Doubtful("PAGE-BLANK", {}),)),
                replace(SHEET, doubts=(Doubtful("PAGE-FLAT-EDGE", {"percent": 66}),), crop=CROP),
                replace(SHEET, doubts=(Doubtful("CARD-NOT-COMPOSED", {}),), card="both"),
                replace(SHEET, doubts=(Doubtful("CARD-EDGES", {}, "front"),), card="both"),
            ),
        },
    ),
    Scene("a photo to decide on", lambda _house, clerk: new_draft(clerk), photos={"camera": CAMERA, "waiting": TAKEN}),
    Scene("a photo in use", lambda _house, clerk: new_draft(clerk), photos={"camera": CAMERA, "current": USED}),
    Scene("correction", correction),
)


def endpoint_of(house, address: str) -> str:
    return str(house.app.url_map.bind("").match(address.partition("?")[0], method="POST")[0])


def key_of(page, button) -> str:
    """Which button this is, whosever page it stands on."""
    address = re.sub(r"[0-9a-f-]{36}|(question|once)=[^&]+", "*", page.address(button))
    return f"{address} {button.get('name')}={button.get('value')}"


def press(clerk, page, button, typed):
    """Send what a browser sends."""
    address, coding, fields = page.sent(button, typed)
    if coding.startswith("multipart"):
        files = {one.get("name") for one in page.controls if one.get("type") == "file"}
        fields = [(name, (io.BytesIO(b""), "")) if name in files else (name, value) for name, value in fields]
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
    data = MultiDict(fields)
    answer = clerk.client.post(address, base_url=ORIGIN, headers=headers, data=data, content_type=coding, buffered=True)
    clerk._look(answer)
    return address, answer


def kept(house, whose: str) -> dict[str, str] | None:
    """What is kept of the form: key and value; None where the form itself has gone."""
    kind, _, owner_id = whose.partition(" ")
    with house.station.register.place.store.read():
        if kind == "record":
            row = Correction.get_or_none(registration=uuid.UUID(owner_id))
            return None if row is None else dict(row.typed)
        if Draft.get_or_none(id=uuid.UUID(owner_id)) is None:
            return None
        return {row.key: row.value for row in DraftField.select().where(DraftField.draft == uuid.UUID(owner_id))}


class Walk:
    """Presses each button once, with two values typed just before; a bad one is kept as it was typed."""

    def __init__(self, house, scene):
        self.house = house
        self.pressed: set[str] = set()
        self.endpoints: set[str] = set()
        self.begin(scene)

    def begin(self, scene):
        self.scene, self.place = scene, ""

    def look(self):
        """The page that the last press has left, with the buttons that were not pressed yet; none on another page."""
        clerk = self.house.signed_in("clerk")
        if self.place != "/desk":
            clerk.get(self.place)
        page = plain_page.PlainPage(clerk.page)
        is_ours = any(one.get("name") == "typed_in" for one in page.controls)
        return clerk, page, [one for one in page.submits() if is_ours and key_of(page, one) not in self.pressed]

    def open(self):
        """A page with a button that was not pressed yet, made anew where that is needed; without one at the end."""
        found = self.look() if self.place else None
        if found is None or not found[2]:
            self.place = self.scene.make(self.house, empty_desk(self.house))
            found = self.look()
        return found

    def all(self):
        while (found := self.open())[2]:
            clerk, page, [button, *_] = found
            assert len(page.forms) == 1, "a form of its own loses what was typed beside it"
            assert page.leaving == [], "a link leaves behind what was typed"
            serial = next(serials)
            typed = {"employer": f"测试单位{serial}", "mobile": f"1{serial}"}
            if "second-person" in clerk.page:
                typed |= {"second_name": f"同事{serial}", "second_reason": f"派出所证明{serial}"}
            self.press(clerk, page, button, typed)

    def press(self, clerk, page, button, typed):
        [whose] = [one.get("value") for one in page.controls if one.get("name") == "typed_in"]
        address, answer = press(clerk, page, button, typed)
        self.pressed.add(key_of(page, button))
        endpoint = endpoint_of(self.house, address)
        self.endpoints.add(endpoint)
        assert answer.status_code in ANSWERS, (address, answer.status_code)
        found = kept(self.house, whose)
        if endpoint in ERASES:
            assert found is None, address
        else:
            assert found is not None, address
            wanted = {key: value for key, value in typed.items() if not address.endswith(f"/stored/{key}")}
            assert {key: found.get(key) for key in wanted} == wanted, address
        return endpoint


@pytest.fixture
def shown_as(house, monkeypatch):
    """Let the page show another state of the scanner and the camera than the station's."""
    services = {"board": house.station.documents, "photos": house.station.photos}
    boards = {name: service.board for name, service in services.items()}

    def show(scene):
        for name, service in services.items():
            board, changes = boards[name], getattr(scene, name)
            monkeypatch.setattr(
                service, "board", lambda *asked, board=board, changes=changes: replace(board(*asked), **changes)
            )

    return show


def sources_of(house, template: str) -> str:
    """A template with everything that it extends, imports and includes."""
    loader, environment = house.app.jinja_loader, house.app.jinja_env
    sources: dict[str, str] = {}
    waiting = [template]
    while waiting:
        name = waiting.pop()
        sources[name] = loader.get_source(environment, name)[0]
        found = re.findall(r'{% (?:extends|from|include) "([^"]+)"', sources[name])
        found += re.findall(r'{%- from "([^"]+)"', sources[name])
        waiting += [one for one in found if one not in sources]
    return "\n".join(sources.values())


def acts_of(house, template: str) -> set[str]:
    """Every endpoint that takes a form and that a template can lead to."""
    posts = {rule.endpoint for rule in house.app.url_map.iter_rules() if "POST" in rule.methods}
    return posts & set(re.findall(r"'(\w+\.\w+)'", sources_of(house, template)))


def test_each_button_keeps_what_was_typed(house, shown_as):
    walk = Walk(house, SCENES[0])
    for scene in SCENES:
        shown_as(scene)
        walk.begin(scene)
        walk.all()
    shown = acts_of(house, "desk/form.html") | acts_of(house, "register/edit.html")
    assert shown - walk.endpoints == set(), "these no scene has shown"


@pytest.mark.parametrize("scene", [SCENES[0], SCENES[-1]], ids=lambda scene: scene.name)
def test_enter_in_a_field_keeps_what_was_typed_and_does_nothing_else(house, shown_as, scene):
    shown_as(scene)
    walk = Walk(house, scene)
    clerk, page, _ = walk.open()
    [form] = page.forms
    endpoint = walk.press(clerk, page, page.first_submit(form), {"employer": "测试单位", "mobile": "12"})
    assert endpoint in ("drafts.keep", "corrections.keep")
