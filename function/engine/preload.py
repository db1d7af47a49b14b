"""Maps torch's largest library before Python imports it, the interpreter lock released: meanwhile the server starts and answers probes."""

import ctypes
import os
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

LIBRARIES = (("libtorch_global_deps.so", os.RTLD_NOW | os.RTLD_GLOBAL), ("libtorch_cpu.so", os.RTLD_NOW))
"""In the order and mode in which `import torch` opens them."""


_mapping = Lock()
"""Waited for without the interpreter lock; the loader's own lock is waited for with it."""


def preload_torch() -> None:
    """Returns when the libraries are mapped, by whichever thread. A failure is left for `import torch` to report."""
    with _mapping:
        _map()


def _map() -> None:
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return
    process = ctypes.CDLL(None)
    if not hasattr(process, "dlopen"):
        return
    process.dlopen.restype = ctypes.c_void_p
    for name, mode in LIBRARIES:
        path = Path(spec.origin).parent / "lib" / name
        if path.exists():
            process.dlopen(os.fsencode(path), mode)  # a foreign call, so other threads run; ctypes.CDLL(path) would hold the lock
