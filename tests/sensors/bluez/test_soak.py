"""What passes once may pass by chance; these tests pass as often as they are asked to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .wearing import NEEDS_DBUS

pytestmark = [*NEEDS_DBUS, pytest.mark.soak]

REPEATS = int(os.environ.get("SOAK_REPEATS", "20"))
# Half a minute here; ten times that is a machine that stands still.
LIMIT_S = 300


@pytest.mark.parametrize("nth", range(1, REPEATS + 1))
def test_the_bluetooth_tests_pass_again_and_again(nth: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", Path(__file__).parent],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:]
