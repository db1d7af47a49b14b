"""What an image weighs: its layers, and the largest packages in it."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from imaging.engine import Engine, ImagingError, Launch

PACKAGES = Path(__file__).with_name("packages.py")
NOBODY = 65534
SHOWN = 12


def measure(engine: Engine, image: str) -> dict[str, Any]:
    """Bytes, not compressed: `size`, `layers` from the lowest up, `packages` by name."""
    layers = engine.layers(image)
    with tempfile.TemporaryDirectory() as folder:
        launch = Launch(NOBODY, Path(folder, "log"))
        with engine.start(image, launch, ["python", "-c", PACKAGES.read_text()]) as container:
            container.process.wait()
        said = launch.log.read_text()
    if container.process.returncode:
        raise ImagingError(f"Python in the image could not list its packages: {said}")
    packages = dict(sorted(json.loads(said).items(), key=lambda entry: -entry[1]))
    return {"size": sum(layer.size for layer in layers), "layers": [asdict(layer) for layer in layers], "packages": packages}


def table(sizes: dict[str, Any]) -> str:
    """The same for a reader, in MB of a million bytes."""
    rows = [(layer["size"], layer["made_by"].removeprefix("/bin/sh -c ").removeprefix("#(nop) ")[:90]) for layer in sizes["layers"]]
    largest = [(size, name) for name, size in sizes["packages"].items()][:SHOWN]
    lines = [f"{size / 1e6:9.1f} MB  {name}" for size, name in [(sizes["size"], "in all"), *rows]]
    return "\n".join([*lines, "", "largest packages", *(f"{size / 1e6:9.1f} MB  {name}" for size, name in largest)])
