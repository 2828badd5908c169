"""Files come in by a plain form: several at once, each whole or not at all, never on the disk in clear, limited."""

from __future__ import annotations

import io
import re
import tempfile
import uuid
from pathlib import Path
from typing import Any, Final

import pikepdf
import pytest
from PIL import Image

from peewee_models.audit import AuditEntry
from peewee_models.documents import Media, Page

ORIGIN: Final = "http://127.0.0.1:8731"


def picture(kind: str = "JPEG", size: tuple[int, int] = (200, 300), **how: Any) -> bytes:
    made = io.BytesIO()
    Image.effect_noise(size, 60).save(made, kind, **how)
    return made.getvalue()


def tiff_of(count: int) -> bytes:
    page = Image.effect_noise((30, 40), 60)
    return picture("TIFF", (30, 40), save_all=True, append_images=[page] * (count - 1))


@pytest.fixture
def clerk(house):
    """A clerk with a form on the desk."""
    return house.clerk_at_a_form()


def send(clerk, place: str, fields: dict[str, str], *files: tuple[bytes, str]):
    """Post a form with files as a browser codes it."""
    parts = [(f'name="{name}"', value.encode()) for name, value in {"csrf": clerk.csrf, **fields}.items()]
    parts += [(f'name="files"; filename="{name}"', content) for content, name in files or [(b"", "")]]
    coded = [f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body for head, body in parts]
    answer = clerk.client.post(
        place,
        base_url=ORIGIN,
        headers={"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN},
        data=b"\r\n".join([*coded, b"--edge--\r\n"]),
        content_type="multipart/form-data; boundary=edge",
        buffered=True,
    )
    clerk._look(answer)
    return answer


def add(clerk, *files: tuple[bytes, str], kind: str = "D04", at: str = "page", **more: str):
    return send(clerk, f"{clerk.documents()}/upload?from={at}", {"kind": kind, **more}, *files)


def told_added(page: str) -> list[str]:
    return re.findall(r'files-added" role="status">([^<]*)</p>', page)


def counts(house) -> tuple[int, int, int]:
    """Rows of pages, rows of files, files."""
    folder = Path(house.station.documents._papers.media._files._folder)
    with house.station.documents._store.read():
        return Page.select().count(), Media.select().count(), sum(path.is_file() for path in folder.rglob("*"))


def test_files_that_are_sent_twice_with_one_form_are_kept_once(house, clerk):
    before, one = counts(house)[0], (picture(), "a.jpg")
    place = clerk.documents()
    clerk.get(place)
    word = re.search(r'name="once" value="([^"]+)"', clerk.page)[1]
    for _ in range(2):
        assert add(clerk, one, (b"no picture", "b.jpg"), once=word).status_code == 409
        assert "b.jpg" in clerk.page
    assert counts(house)[0] == before + 1, "what was refused is told again, what was kept stays one"
    assert add(clerk, (picture(), "c.jpg"), once=word).status_code == 303
    assert counts(house)[0] == before + 2, "another file from a page that was left open"
    for number in (1, 2):
        assert add(clerk, one).status_code == 303
        assert counts(house)[0] == before + 2 + number, "from another form it is meant"


def test_files_become_pages_and_say_that_they_came_as_files(house, clerk):
    before = counts(house)
    answer = add(clerk, (picture(), "合同.jpg"), (tiff_of(3), "x.tif"))
    assert answer.status_code == 303
    assert answer.location.startswith("/documents/draft/")
    clerk.get(answer.location)
    assert clerk.page.count('class="sheet"') == 4
    assert clerk.page.count("文件</p>") == 4
    assert told_added(clerk.page) == ["已添加 4 页：住房租赁合同或租赁合同登记备案证明。"]
    assert counts(house) == tuple(count + 4 for count in before)
    with house.station.documents._store.read():
        acts = list(AuditEntry.select().where(AuditEntry.action == "document.pages-uploaded").order_by(AuditEntry.seq))
    assert [act.facts for act in acts[-2:]] == [
        {"kind": "D04", "position": 1, "pages": 1},
        {"kind": "D04", "position": 2, "pages": 3},
    ]


def test_a_refused_file_leaves_nothing_and_the_others_stay(house, clerk):
    before = counts(house)
    cut = tiff_of(3)[:-40]
    answer = add(clerk, (cut, "a<b>.tif"), (b"", "leer.png"), (picture("PNG"), "gut.png"), (b"<html>", "x.jpg"))
    assert answer.status_code == 409
    refused = clerk.page.split('id="files-refused"')[1].split("</div>")[0]
    assert refused.count("<p>") == 3
    assert "a&lt;b&gt;.tif" in refused
    assert "gut.png" not in refused
    assert told_added(clerk.page.split('id="said"')[1].split("<h2")[0])[0].startswith("已添加 1 页：")
    assert add(clerk, (b"", "leer.png")).status_code == 409
    assert not told_added(clerk.page), "nothing was added, and what was said before is of other files"
    assert counts(house) == tuple(count + 1 for count in before)


def test_a_file_for_which_a_document_has_no_room_comes_whole_into_another_one(house, clerk):
    assert add(clerk, (tiff_of(49), "a.tif")).status_code == 303
    assert add(clerk, (tiff_of(2), "b.tif")).status_code == 303
    with house.station.documents._store.read():
        held = [row.document_id for row in Page.select(Page.document)]
    assert {2, 49} <= {held.count(document) for document in held}


def test_nothing_is_spooled_to_a_temporary_file(clerk, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    large = picture("PNG", (1500, 1500))
    assert len(large) > 1_000_000
    assert add(clerk, (large, "a.png"), kind="D01").status_code == 303


def test_from_the_desk_one_comes_back_to_the_desk(clerk):
    answer = add(clerk, (picture(), "a.jpg"), at="desk")
    assert (answer.status_code, answer.location) == (303, "/desk")


def test_bytes_of_a_page_go_out_under_our_own_type_in_a_sandbox_and_are_not_kept(clerk):
    assert add(clerk, (picture(), "<script>.jpg"), (tiff_of(1), "b.tif")).status_code == 303
    clerk.get(clerk.documents())
    places = re.findall(r'"(/documents/draft/[^"]+/pages/[^"/]+)(?:/small)?"', clerk.page)
    pdf = re.search(r'"(/documents/draft/[^"]+/files/[^"]+\.pdf)"', clerk.page)[1]
    kinds = {pdf: "application/pdf"}
    for place in places:
        kinds |= {f"{place}/small": "image/jpeg", place: "image/jpeg"}
    assert len(kinds) == 5
    for place, kind in kinds.items():
        answer = clerk.get(place)
        assert (answer.status_code, answer.content_type) == (200, kind), place
        name = "document.pdf" if place == pdf else "page"
        assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert {"default-src 'none'", "sandbox"} <= set(answer.headers["Content-Security-Policy"].split("; "))
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_refused_on_the_desk_is_told_there_each_file_with_cause_and_next_step(clerk):
    locked, many = io.BytesIO(), tiff_of(51)
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(locked, encryption=pikepdf.Encryption(owner="x", user="y"))
    large = io.BytesIO()
    Image.new("1", (9000, 9000)).save(large, "PNG")
    files = {"locked.pdf": locked.getvalue(), "many.tif": many, "large.png": large.getvalue(), "text.jpg": b"text"}
    answer = add(clerk, *((content, name) for name, content in files.items()), at="desk")
    assert (answer.status_code, 'id="draft-form"' in clerk.page) == (409, True)
    papers = clerk.page.split('id="papers"')[1].split('class="plain lines papers"')[0]
    told = dict(re.findall(r'<bdi class="file-name">([^<]+)</bdi>：([^<]+)</p>', papers))
    causes = {
        "locked.pdf": "设了密码",
        "many.tif": "超过 50 页",
        "large.png": "超过 80 百万像素",
        "text.jpg": "不是 JPEG",
    }
    assert told.keys() == causes.keys()
    for name, cause in causes.items():
        assert cause in told[name]
        assert "没有保存。请" in told[name], "and what to do"
    assert add(clerk, at="desk").status_code == 409
    assert "还没有选文件" in clerk.page.split('id="papers"')[1]
    assert 'id="draft-form"' in clerk.page


def test_no_file_an_unknown_kind_and_a_form_that_has_gone_are_told(clerk):
    assert add(clerk).status_code == 409
    assert "还没有选文件" in clerk.page
    assert add(clerk, (picture(), "a.jpg"), kind="D99").status_code == 409
    gone = f"/documents/draft/{uuid.uuid4()}/upload"
    assert send(clerk, gone, {"kind": "D04"}, (picture(), "a.jpg")).status_code == 404


def test_the_kind_of_the_added_files_stays_chosen(clerk):
    place = f"{clerk.documents()}/upload"
    chosen = lambda: re.findall(r'<option value="([^"]+)" selected', clerk.page.split('id="file-kind"')[1])  # noqa: E731
    clerk.get(send(clerk, place, {"kind": "D04"}, (picture(), "a.jpg")).location)
    assert chosen() == ["D04"]
    send(clerk, place, {"kind": "D05"}, (b"text", "a.jpg"))
    assert chosen() == ["D05"]


def test_on_the_desk_it_is_said_how_many_pages_were_added(clerk):
    assert add(clerk, (tiff_of(2), "x.tif"), at="desk").location == "/desk"
    clerk.get("/desk")
    assert 'id="scan-notice" role="status"><p>已添加 2 页：' in clerk.page
    assert add(clerk, (picture(), "a.jpg"), (b"text", "b.jpg"), at="desk").status_code == 409
    papers = clerk.page.split('id="papers"')[1]
    assert papers.index('id="files-refused"') < papers.index("已添加 1 页：")


def test_the_most_pages_of_a_document_are_said_and_another_one_of_its_kind_has_a_number(clerk):
    headings = lambda: re.findall(r"<h2>(住房租赁合同或租赁合同登记备案证明[^<]*) <span", clerk.page)  # noqa: E731
    clerk.get(clerk.documents())
    assert "一份材料最多 50 页" in clerk.page
    for pages in (30, 30):
        clerk.get(add(clerk, (tiff_of(pages), "x.tif")).location)
    assert headings() == [f"住房租赁合同或租赁合同登记备案证明 · 第 {number} 份" for number in (1, 2)]


def test_only_this_form_takes_files_and_only_as_its_page_sends_them(house, clerk):
    place = clerk.documents()
    assert send(clerk, f"{place}/scan", {}, (picture(), "a.jpg")).status_code == 415
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
    plain = clerk.client.post(f"{place}/upload", base_url=ORIGIN, headers=headers, data={"csrf": clerk.csrf})
    assert plain.status_code == 415
    assert send(clerk, f"{place}/upload", {"kind": "D04", "csrf": "x"}, (picture(), "a.jpg")).status_code == 403
    supervisor = house.signed_in("supervisor")
    assert send(supervisor, f"{place}/upload", {"kind": "D04"}, (picture(), "a.jpg")).status_code == 403


def test_more_than_forty_megabytes_are_answered_by_the_page_itself(clerk):
    answer = add(clerk, (bytes(41_000_001), "a.pdf"))
    assert answer.status_code == 413
    assert "一次最多添加 40 MB" in clerk.page
    assert 'id="documents-title"' in clerk.page


def test_a_file_of_exactly_forty_megabytes_is_taken_and_one_byte_more_is_not(house, clerk):
    before, page = counts(house)[0], picture("PNG")
    assert add(clerk, (page.ljust(40_000_000, b"\0"), "a.png")).status_code == 303
    assert counts(house)[0] == before + 1
    assert add(clerk, (page.ljust(40_000_001, b"\0"), "a.png")).status_code == 409
    assert "一次最多添加 40 MB" in clerk.page.split('id="files-refused"')[1]
    assert counts(house)[0] == before + 1


def test_what_was_typed_beside_too_large_a_file_is_kept(clerk):
    place = clerk.documents()
    fields = {"typed_in": f"draft {place.rpartition('/')[2]}", "was.road": "", "road": "测试大路", "kind": "D04"}
    answer = send(clerk, f"{place}/upload?from=desk", fields, (bytes(41_000_001), "a.pdf"))
    assert answer.status_code == 413
    assert "一次最多添加 40 MB" in clerk.page
    assert 'id="draft-form"' in clerk.page
    clerk.get("/desk")
    assert 'value="测试大路"' in clerk.page


def test_too_large_a_file_without_the_pages_token_changes_nothing(clerk):
    place = clerk.documents()
    fields = {"typed_in": f"draft {place.rpartition('/')[2]}", "was.road": "", "road": "测试小路", "csrf": "x"}
    assert send(clerk, f"{place}/upload?from=desk", fields, (bytes(41_000_001), "a.pdf")).status_code == 403
    clerk.get("/desk")
    assert "测试小路" not in clerk.page
