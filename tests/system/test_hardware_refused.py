"""The contract suite, run against something that is no device or no role that it knows."""

import subprocess
import sys
from pathlib import Path

CONTRACT = Path(__file__).parents[1] / "contract"


def contract_at(hardware):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(CONTRACT), "--hardware", hardware]
    return subprocess.run(command, cwd=CONTRACT.parents[1], capture_output=True, text=True, check=False)


def test_an_address_without_a_reader_is_red_and_an_unknown_role_is_refused():
    assert contract_at("reader=serial:/dev/renhu/none").returncode == 1
    refused = contract_at("toaster=serial:/dev/renhu/none")
    assert refused.returncode not in {0, 1}
    assert "ROLE=ADDRESS is wanted" in refused.stdout + refused.stderr
