"""The far end of a pseudo-terminal: answers each request with one frame, paced as a USB-serial adapter delivers it.

Run as a process of its own: `python paced_writer.py FD PIECE_BYTES BAUD FRAME_HEX`; BAUD 0 means all at once.
"""

import os
import sys
import time

BITS_PER_BYTE = 10


def main(descriptor: int, piece_bytes: int, baud: int, frame: bytes) -> None:
    """Serve until the terminal is hung up."""
    while True:
        try:
            if not os.read(descriptor, 64):
                return
        except OSError:
            return
        begin = time.monotonic()
        for start in range(0, len(frame), piece_bytes):
            piece = frame[start : start + piece_bytes]
            if baud:
                due = begin + (start + len(piece)) * BITS_PER_BYTE / baud
                while (left := due - time.monotonic()) > 0:
                    time.sleep(left)
            os.write(descriptor, piece)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), bytes.fromhex(sys.argv[4]))
