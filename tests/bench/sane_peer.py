"""The shortest way from python-sane to a JPEG, as a peer for our whole way: `sane_peer.py NAME DPI TIMES QUALITY`.

One device, opened once, in a process that runs already.  Prints one line a page: the seconds it took.
"""

from __future__ import annotations

import io
import sys
import time

import sane


def main(name: str, dpi: int, times: int, quality: int) -> None:
    """Scan A4 in colour and code it, again and again."""
    sane.init()
    device = sane.open(name)
    device.mode, device.resolution = "Color", dpi
    device.tl_x, device.tl_y, device.br_x, device.br_y = 0.0, 0.0, 210.0, 297.0
    for _ in range(times):
        begin = time.perf_counter()
        device.start()
        device.snap().save(io.BytesIO(), "JPEG", quality=quality, dpi=(dpi, dpi))
        print(time.perf_counter() - begin, flush=True)
    device.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
