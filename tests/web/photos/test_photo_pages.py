"""The pages of photos: who may what, what is told where, and the frame without a script."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from PIL import Image

from agent.devices.state import DeviceState
from agent.errors import Actor, DeviceError, Retry


def test_a_photo_is_taken_shown_and_told_at_the_desk_and_on_its_page(house, camera, desk):
    assert desk.take().headers["Location"] == desk.place
    address, version = desk.photo(house)
    desk.clerk.get(desk.place)
    assert f'src="{address}.jpg?v={version}"' in desk.clerk.page
    assert "检查通过，已采用" in desk.clerk.page
    answer = desk.clerk.post(f"{desk.place}/take?from=desk")
    assert answer.headers["Location"] == "/desk"
    desk.clerk.get("/desk")
    assert 'data-state="used"' in desk.clerk.page
    assert camera.taken == 2


def test_a_picture_is_not_kept_by_browsers_and_can_do_nothing(house, camera, desk):
    desk.take()
    address, _ = desk.photo(house)
    for path in (f"{address}.jpg", f"{address}/still.jpg"):
        answer = desk.clerk.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        with Image.open(io.BytesIO(answer.data)) as shown:
            assert (shown.format, dict(shown.getexif())) == ("JPEG", {})
    assert b"Exif" in camera.still("good")


def test_a_supervisor_looks_at_a_records_photos_and_a_technician_at_none(house, desk):
    house.lay(house.card("测试照"))
    house.lift()
    desk.take()
    draft_photo, _ = desk.photo(house)
    desk.clerk.get("/desk")
    rest = {
        "hukou_div": "990000", "soldier": "0", "arrive_city_date": "2026.3.2", "arrive_here_date": "20260305",
        "reason": "12", "proof_type": "2", "town": "xzz", "road": "测试东路", "mobile": "13800000000",
        "place_type": "30", "committee": "测试居委", "no": "12",
        "education": "高中", "notice_given": "1", "then": "stay",
    }  # fmt: skip
    supervisor, technician = house.signed_in("supervisor"), house.signed_in("technician")
    for path in (desk.place, f"{draft_photo}.jpg"):
        assert supervisor.get(path).status_code in {403, 404}, path
    answer = desk.clerk.post(desk.clerk.action("save"), desk.clerk.form(**rest))
    assert answer.status_code == 303, re.findall(r'class="problem".*', desk.clerk.page)
    record = answer.headers["Location"].rpartition("/")[2]
    photo, version = desk.photo(house, "record", record)

    assert supervisor.get(f"/photos/record/{record}").status_code == 200
    assert 'id="photo-current"' in supervisor.page
    for button in ("photos/record", "take-photo", "/camera"):
        assert f'formaction="/{button}' not in supervisor.page
    assert 'id="take-photo"' not in supervisor.page
    assert supervisor.get(f"{photo}.jpg").status_code == 200
    assert supervisor.get(f"/register/{record}").status_code == 200
    assert photo in supervisor.page
    for path in (f"{photo}/still.jpg", f"{photo}/frame", "/photos/live", "/photos/glance"):
        assert supervisor.get(path).status_code == 403, path
    for path in ("take", "camera"):
        assert supervisor.post(f"/photos/record/{record}/{path}").status_code == 403
    for act in ("use", "drop", "frame"):
        assert supervisor.post(f"{photo}/{act}?version={version}").status_code == 403
    for path in (f"/photos/record/{record}", f"{photo}.jpg", f"{photo}/still.jpg", "/photos/live", "/photos/glance"):
        assert technician.get(path).status_code == 403, path


def test_anothers_draft_is_not_there(house, camera, desk):
    desk.take()
    own, version = desk.photo(house)
    other = replace(house.station.accounts.session(house.tokens["clerk"]), user_id=user_of(house, "supervisor"))
    theirs = house.station.register.open_draft(other).id
    place, taken = f"/photos/draft/{theirs}", camera.taken
    photo = f"{place}/{own.rpartition('/')[2]}"
    for path in (place, f"{photo}.jpg", f"{photo}/still.jpg", f"{photo}/frame"):
        assert desk.clerk.get(path).status_code == 404, path
    frame = {"left": "0", "top": "0", "width": "400", "act": "make"}
    for path in (f"{place}/take", f"{photo}/use", f"{photo}/drop", f"{photo}/frame"):
        assert desk.clerk.post(f"{path}?version={version}", frame).status_code == 404, path
    assert camera.taken == taken


def user_of(house, role):
    if house.station.accounts.session(house.tokens.get(role, ""), is_attended=False) is None:
        house.tokens[role] = house.sign_in(role)
    return house.station.accounts.session(house.tokens[role], is_attended=False).user_id


def test_only_our_own_pages_and_only_by_the_right_method(house, camera, desk):
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "http://example.test"}
    assert desk.clerk.post(f"{desk.place}/take", **foreign).status_code == 403
    assert desk.clerk.post(f"{desk.place}/take", {"csrf": "x"}).status_code == 403
    assert desk.clerk.get(f"{desk.place}/take").status_code == 405
    assert desk.clerk.post(desk.place).status_code == 405
    assert camera.taken == 0


def test_what_went_wrong_is_told_where_the_photo_is(house, camera, desk):
    camera.trouble = DeviceError("CAMERA-FOCUS", Actor.CLERK, Retry.NOW)
    answer = desk.clerk.post(f"{desk.place}/take?from=desk")
    panel = re.search(r'id="photo-panel".*?</section>', desk.clerk.page, re.DOTALL)[0]
    assert (answer.status_code, desk.sentence()[:6]) == (409, "没有对上焦，")
    assert 'id="sentence"' in panel
    assert desk.clerk.page.count('id="sentence"') == 1
    assert 'id="draft-form"' in desk.clerk.page
    assert desk.take().status_code == 409
    assert 'id="draft-form"' not in desk.clerk.page
    assert desk.sentence()[:6] == "没有对上焦，"


def test_a_reason_that_is_too_short_is_asked_for_again_and_stays_typed(house, camera, desk):
    camera.look = "grey-wall"
    desk.take()
    photo, version = desk.photo(house)
    use = f"{photo}/use?from=desk&version={version}"
    assert desk.clerk.post(use, {"photo_reason": "无"}).status_code == 409
    assert desk.sentence() == "请写明为什么采用这张照片（2 到 200 个字）。"
    assert re.search(r'name="photo_reason"[^>]* value="无"', desk.clerk.page)
    assert re.search(r"<details[^>]* open[^>]*><summary>仍然采用这张", desk.clerk.page)
    assert desk.clerk.post(use, {"photo_reason": "没有白背景"}).status_code == 303
    desk.clerk.get("/desk")
    assert "已采用，理由：" in desk.clerk.page
    assert desk.clerk.post(use, {"photo_reason": "没有白背景"}).status_code == 409
    assert desk.clerk.post(f"{photo}/drop?version={version + 1}").status_code == 409


@pytest.mark.parametrize(
    ("status", "element", "words"),
    [
        (None, "no-camera", "本站没有相机"),
        ({"code": "CAMERA-ABSENT", "facts": {"address": "gphoto2:usb"}}, "camera-says", "找不到相机"),
        ({"state": DeviceState.STARTING}, "camera-says", "相机正在准备"),
    ],
    ids=["none", "away", "coming"],
)
def test_without_a_camera_the_desk_goes_on(camera, desk, status, element, words):
    if status is None:
        camera.go()
    else:
        camera.be(**{"state": DeviceState.FAULTED} | status)
    for path in ("/desk", desk.place):
        assert desk.clerk.get(path).status_code == 200
        assert re.search(f'id="{element}"[^>]*>(<span[^>]*>!</span> )?{words}', desk.clerk.page)
        assert 'id="live-view"' not in desk.clerk.page
        assert 'id="take-photo"' not in desk.clerk.page
    desk.clerk.get("/desk")
    desk.clerk.post(desk.clerk.action("keep"), desk.clerk.form(employer="测试单位"))
    desk.clerk.get("/desk")
    assert 'value="测试单位"' in desk.clerk.page


def test_the_frame_is_moved_and_made_without_a_script(house, camera, desk):
    camera.look = "grey-wall"
    desk.take()
    photo, version = desk.photo(house)
    page = f"{photo}/frame?version={version}&from=desk"
    desk.clerk.get(page)
    first = desk.frame()
    for act, name, is_more in (
        ("left", "left", False), ("right", "left", True), ("down", "top", True), ("up", "top", False),
        ("larger", "width", True), ("smaller", "width", False),
    ):  # fmt: skip
        before = desk.frame()
        answer = desk.clerk.post(page, {**{key: str(one) for key, one in before.items()}, "act": act})
        assert answer.status_code == 303
        desk.clerk.get(answer.headers["Location"])
        after = desk.frame()
        assert after[name] != before[name]
        assert (after[name] > before[name]) is is_more
    edge = desk.clerk.post(page, {"left": "0", "top": "0", "width": str(first["width"]), "act": "larger"})
    desk.clerk.get(edge.headers["Location"])
    assert (desk.frame()["left"], desk.frame()["top"]) == (0, 0), "no browser sends one outside the picture"
    moved = {key: str(one) for key, one in (first | {"left": first["left"] + 30}).items()}
    assert desk.clerk.post(page, moved | {"act": "make"}).headers["Location"] == "/desk"
    desk.clerk.get(f"{photo}/frame")
    assert desk.frame()["left"] == first["left"] + 30
    assert desk.clerk.post(page, moved | {"act": "make"}).status_code == 409
    assert desk.sentence() == "这张照片刚刚改过，请看一下现在的样子再决定。"
    coarse = f"{photo}/frame?version={version + 1}"
    assert desk.clerk.post(coarse, {"left": "0", "top": "0", "width": "200", "act": "make"}).status_code == 409
    assert desk.sentence().startswith("框里只有 200 像素宽")
    assert desk.frame()["width"] == 200, "what was typed is shown again"


def test_a_setting_of_the_camera_is_set_and_an_unknown_one_refused(camera, desk):
    desk.clerk.get(desk.place)
    assert 'id="setting-iso"' in desk.clerk.page
    assert desk.clerk.post(f"{desk.place}/camera", {"setting": "iso", "value": "200"}).status_code == 303
    assert desk.clerk.post(f"{desk.place}/camera", {"setting": "lens", "value": "200"}).status_code == 409
    assert camera.asked[-1] == ("iso", "200")
