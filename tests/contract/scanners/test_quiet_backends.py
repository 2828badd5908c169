"""What libraries of SANE's backends would say on the way is not said: a technician looks for one line there."""

from __future__ import annotations

import subprocess
import sys

# This backend finds its network scanners by SNMP; net-snmp speaks of each MIB that it does not find, about 500 lines,
# and, on a machine where it never ran, of the folder that it makes for itself.
LOOK = """
from drivers.scanner_library import SaneLibrary
from drivers.scanner_names import parse
print(SaneLibrary(parse("sane:auto", {}), ["magicolor"], "").listed())
"""


def test_a_backend_that_brings_net_snmp_along_says_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "()\n", "")
