"""Which Python files run on a microcontroller."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fixers.devices import device_files

TREES = {
    "what a program imports, and what is started beside it": (
        {
            "boot.py": "import machine\n",
            "main.py": "import a\n",
            "a.py": "from b import X\n",
            "lib/b.py": "",
            "c.py": "",
        },
        {"boot.py", "main.py", "a.py", "lib/b.py"},
    ),
    "below lib": ({"code.py": "import board\nimport b\n", "lib/b.py": ""}, {"code.py", "lib/b.py"}),
    "beside a server": ({"device/main.py": "import utime\n", "server/main.py": "import time\n"}, {"device/main.py"}),
    "Blinka on a Linux board": ({"sensor.py": "import board\nimport digitalio\n"}, set()),
    "a module of the project's own": ({"app.py": "import machine\n", "machine.py": ""}, set()),
    "a package of the project's own": (
        {
            "web/app.py": "from machine import Machine\n",
            "machine/__init__.py": "",
            "machine/core.py": "import machine\n",
        },
        set(),
    ),
    "a package below src": ({"tests/app.py": "import esp32\n", "src/esp32/__init__.py": ""}, set()),
    "a library that was copied": (
        {"main.py": "import umqtt.simple\n", "umqtt/simple.py": ""},
        {"main.py", "umqtt/simple.py"},
    ),
    "a word in a text": ({"main.py": '"""Starts the machine."""\nimport os\n'}, set()),
}


@pytest.mark.parametrize("name", TREES)
def test_files_of_a_device(name: str, making: SimpleNamespace, tmp_path: object) -> None:
    files, expected = TREES[name]
    assert device_files(making.tree(tmp_path, files)) == expected
