"""What a glance at the live view tells, in words, and when it tells nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from agent.devices.live_view import SeenFrame
from agent.devices.state import DeviceState
from agent.photos import quality
from agent.photos.framing import Frame
from agent.photos.making import Glanced
from webui.context import LANGUAGE_COOKIE
from webui.language import message
from webui.words import flaw_name


@pytest.mark.parametrize(("language", "words"), [("zh", ["头歪了", "有反光"]), ("en", ["head tilted", "glare"])])
def test_a_glance_tells_in_words(house, camera, desk, monkeypatch, language, words):
    desk.clerk.post("/language", {"language": language})
    photos = house.station.photos
    nobody = Glanced((640, 480), None, ["PHOTO-NO-FACE"])
    seen = Glanced((640, 480), Frame(1, 2, 358, 441), ["PHOTO-TILTED", "PHOTO-GLARE"])
    try:
        monkeypatch.setattr(photos, "glance", lambda _limit_s: seen)
        told = desk.clerk.get("/photos/glance").get_json()
        assert [word.lower() for word in told.pop("flaws")] == words
        assert told == {"size": [640, 480], "frame": [1, 2, 358, 441]}
        monkeypatch.setattr(photos, "glance", lambda _limit_s: nobody)
        assert desk.clerk.get("/photos/glance").get_json()["frame"] is None
        camera.be(state=DeviceState.FAULTED, code="CAMERA-ABSENT", facts={"address": "x"})
        said = desk.clerk.get("/photos/glance").get_json()["trouble"]
        assert said.startswith("找不到相机 x" if language == "zh" else "The camera x is not there.")
    finally:
        desk.clerk.post("/language", {"language": "zh"})


def test_a_glance_at_nothing_or_at_no_picture_says_nothing(house, camera, desk, monkeypatch):
    monkeypatch.setattr("webui.views.photos.GLANCE_WAIT_S", 0.01)
    assert desk.clerk.get("/photos/glance").status_code == 204
    frames = iter([SeenFrame(1, b"old"), SeenFrame(2, b"\xff\xd8\xff no picture")])
    monkeypatch.setattr(camera.live, "next", lambda _after, _limit_s: next(frames))
    assert desk.clerk.get("/photos/glance").status_code == 204
    frames = iter([SeenFrame(1, b"a face that stands still"), None])
    assert desk.clerk.get("/photos/glance").status_code == 204
    assert list(frames) == []


FACTS = dict.fromkeys(("width", "least", "most", "y", "degrees", "level", "spread", "sharpness", "size_bytes"), 1)
CODES = sorted(set(re.findall(r'"(PHOTO-[A-Z-]+)"', Path(quality.__file__).read_text(encoding="utf-8"))))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_there_are_words_for_all_that_can_be_said_against_a_photo(house, language):
    assert len(CODES) > 10
    headers = {"Cookie": f"{LANGUAGE_COOKIE}={language}"}
    with house.app.test_request_context("/", headers=headers):
        names = {code: flaw_name(code) for code in CODES}
        sentences = {code: message(code, FACTS) for code in CODES}
    for code in CODES:
        assert len({names[code], sentences[code], code}) == 3
        for words in (names[code], sentences[code]):
            assert "{" not in words
            assert bool(re.search(r"[\u4e00-\u9fff]", words)) is (language == "zh")
    assert len(set(names.values())) == len(CODES), "each in its own words"
    assert max(map(len, names.values())) <= (8 if language == "zh" else 32), "few enough to stand under the live view"


def test_nothing_grey_is_a_whole_picture():
    with Image.open(Path(__file__).parents[3] / "webui/static/img/no-frame.jpg") as shown:
        assert shown.format == "JPEG"
        assert len(shown.convert("L").getcolors()) == 1
