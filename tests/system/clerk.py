"""A clerk's browser without a browser: cookies, the headers of a page's own form, and the forms it has open."""

import http.client
import re
from urllib.parse import urlencode, urlsplit

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial):
    """A made-up number of region 990000, born on a day of 1980, with a valid check digit."""
    head = f"990000{1980}{1 + serial // 27 % 12:02}{1 + serial % 27:02}{serial % 1000:03}"
    return head + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS, strict=True)) % 11]


def adult(serial):
    """The fields of a registration that is complete."""
    return {
        "name": f"测试样{chr(0x4E00 + serial)}", "id_type": "111", "ethnic": "01",
        "id_no": id_number(serial), "id_no_again": id_number(serial),
        "hukou_address": "测试省测试市测试路1号", "hukou_div": "990000", "soldier": "0",
        "arrive_city_date": "2020-01-02",
        "arrive_here_date": "2020-01-02", "reason": "01", "place_type": "30", "proof_type": "2", "district": "310112",
        "committee": "测试居委", "no": "12",
        "town": "310112101", "road": "测试路", "mobile": f"138{serial:08}", "education": "20", "notice_given": "1",
        "employer": "无", "declarer": "1", "verify_mode": "2",
    }  # fmt: skip


class Clerk:
    """One signed-in person over real HTTP."""

    def __init__(self, url, sign_in=None):
        place = urlsplit(url)
        self.host, self.port = place.hostname, place.port
        self.cookies = {}
        self.csrf = ""
        self.page = ""
        self.content = b""
        if sign_in is not None:
            self.get("/sign-in")
            status, _ = self.post("/sign-in", name=sign_in["name"], password=sign_in["password"])
            assert status == 303, self.page
            self.get("/")
            self.get("/desk" if sign_in["role"] == "clerk" else "/")

    def get(self, path):
        return self._ask("GET", path, None)

    def post(self, path, **fields):
        return self._ask("POST", path, urlencode({"csrf": self.csrf, **fields}))

    def open_draft(self):
        """Start a form without a card; gives its address."""
        self.post("/desk/take")
        self.post("/desk/without-card")
        self.get("/desk")
        return re.search(r'action="(/desk/draft/[^"/]+)/', self.page)[1]

    def _ask(self, method, path, body):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://{self.host}:{self.port}",
            }
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            self.content = answer.read()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if "html" in (answer.headers.get("Content-Type") or ""):
            self.page = self.content.decode("utf-8", "replace")
            found = re.search(r'name="csrf" value="([^"]+)"', self.page)
            if found and answer.status < 400:
                self.csrf = found[1]
        return answer.status, answer.headers.get("Location", "")
