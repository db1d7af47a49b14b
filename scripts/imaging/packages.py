"""Runs inside an image: prints the bytes of each installed distribution, its bytecode included, as JSON."""

import json
import sys
from importlib.metadata import distributions
from importlib.util import cache_from_source
from pathlib import Path

if __name__ == "__main__":
    sizes = {}
    for found in distributions():
        files = [Path(str(file.locate())) for file in found.files or ()]
        files += [Path(cache_from_source(str(file))) for file in files if file.suffix == ".py"]
        sizes[found.name] = sum(file.stat().st_size for file in files if file.is_file())
    json.dump(sizes, sys.stdout)
