"""torch is mapped while the server is imported: what that needs of the dynamic loader."""

import subprocess
import sys
from threading import Thread

from function.engine.preload import preload_torch

IMPORTS = """
import sys
from importlib import import_module
from importlib.util import find_spec
from function.__main__ import COMPILED

def compiled():
    return {name for name, module in sys.modules.items() if (getattr(module, "__file__", None) or "").endswith(".so")}

for name in COMPILED:
    find_spec(name) and import_module(name)
before = compiled()
import function.app, function.process
print(*(name for name in compiled() - before if name.partition(".")[0] in sys.stdlib_module_names))
"""


def test_no_compiled_module_of_the_standard_library_is_left_to_load() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_whoever_comes_second_waits_for_the_first() -> None:
    first = Thread(target=preload_torch)
    first.start()
    preload_torch()
    first.join(10)
    assert not first.is_alive()
