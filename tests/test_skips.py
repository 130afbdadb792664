"""Nothing skips in CI: a skipped test is a test that nobody runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FILES = {
    "test_one.py": "import pytest\n\ndef test_it():\n    pass\n\ndef test_server():\n    pytest.skip('none here')\n",
    "test_whole.py": "import pytest\n\npytest.importorskip('a_library_that_nobody_has')\n",
    "test_known.py": "import pytest\n\n@pytest.mark.xfail\ndef test_it():\n    assert False\n",
}


@pytest.mark.parametrize(
    ("ci", "status", "counted"),
    [
        ("true", 1, {"1 passed", "1 failed", "1 error", "1 xfailed"}),
        ("", 0, {"1 passed", "2 skipped", "1 xfailed"}),
    ],
)
def test_a_skip_is_a_failure_in_ci_and_only_there(ci: str, status: int, counted: set[str], tmp_path: Path) -> None:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    for name, source in FILES.items():
        (tmp_path / name).write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    done = subprocess.run(command, env=os.environ | {"CI": ci}, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == status
    assert set(done.stdout.splitlines()[-1].split(" in ")[0].split(", ")) == counted
