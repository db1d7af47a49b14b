"""Files of a clip: BVH, animated GLB and NPZ. numpy only; nothing here knows torch, HTTP or the network.

Media types: only GLB's is registered. `model/x-bvh` and `application/x-npz` are unregistered names that keep a browser from
showing the file as text and tell the two formats apart in `Accept`.
"""

from typing import Final

BVH_TYPE: Final = "model/x-bvh"
GLB_TYPE: Final = "model/gltf-binary"
NPZ_TYPE: Final = "application/x-npz"
