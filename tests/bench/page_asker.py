"""Asks for one page over and over, in a process of its own: `page_asker.py URL`, cookies on stdin, until that closes.

Prints how long each answer took, in milliseconds, a line each.
"""

from __future__ import annotations

import http.client
import select
import sys
import time
from contextlib import closing
from urllib.parse import urlsplit

PAUSE_S = 0.01


def main(url: str) -> None:
    """Ask until there is no more to read on stdin."""
    cookies = sys.stdin.readline().strip()
    place = urlsplit(url)
    with closing(http.client.HTTPConnection(place.hostname or "", place.port)) as connection:
        while not select.select([sys.stdin], [], [], PAUSE_S)[0]:
            begin = time.perf_counter()
            connection.request("GET", place.path, headers={"Cookie": cookies, "Sec-Fetch-Site": "same-origin"})
            answer = connection.getresponse()
            answer.read()
            print((time.perf_counter() - begin) * 1000)
            if answer.status != 200:
                msg = f"{place.path} answers {answer.status}"
                raise RuntimeError(msg)


if __name__ == "__main__":
    main(sys.argv[1])
