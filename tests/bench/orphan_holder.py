"""An agent's part that has pictures worked on and a photo drawn without end, to be killed amid both.

Started as `python orphan_holder.py LIBRARY`; the library's `unpack` never returns.
"""

from __future__ import annotations

import io
import sys
import threading

from PIL import Image

from agent.clock import SystemClock
from agent.devices.photo_decoder import PhotoDecoder, PhotoSettings
from agent.documents.pictures import Pictures

WLT = bytes.fromhex("574C66007E0032000000FF85").ljust(1024, b"\0")


def main(library: str) -> None:
    """Ask for both until killed."""
    clock = SystemClock()
    page = io.BytesIO()
    Image.effect_noise((2480, 3508), 60).save(page, "JPEG", quality=90)
    pictures = Pictures(clock)
    decoder = PhotoDecoder(PhotoSettings(library=library), clock, 60.0)
    threading.Thread(target=decoder.decode, args=(WLT,), daemon=True).start()
    print("at work", flush=True)
    while True:
        pictures.work("thumbnail", {}, [page.getvalue()], "PAGE-UNREADABLE")


if __name__ == "__main__":
    main(sys.argv[1])
