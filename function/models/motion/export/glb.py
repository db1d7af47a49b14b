"""GLB: the mannequin moving through a clip, as one glTF 2.0 binary file.

One node a joint, one skin, one animation with one time accessor. The clip poses our mannequin whatever skeleton it states.
"""

import json
from functools import cache
from typing import Any

import numpy as np

from function.models.motion.export.clip import Clip
from function.models.motion.mannequin import MATERIALS, mannequin
from function.models.motion.skeleton import mannequin_skeleton

_FLOAT, _U8, _U16 = 5126, 5121, 5123
_ARRAY_BUFFER, _ELEMENT_BUFFER = 34962, 34963
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942

Json = dict[str, Any]
Array = np.ndarray[tuple[int, ...], np.dtype[Any]]


def write(clip: Clip) -> bytes:
    """The clip as an animated GLB. The same clip gives the same bytes."""
    document, still = _still()
    moving, animation = _moving(clip, len(document["accessors"]), len(document["bufferViews"]), len(still))
    whole = {
        **document,
        "asset": {**document["asset"], "extras": {"fps": clip.fps, "frames": clip.frames, "machineGenerated": True}},
        "accessors": document["accessors"] + moving.accessors,
        "bufferViews": document["bufferViews"] + moving.views,
        "animations": [animation],
        "buffers": [{"byteLength": len(still) + len(moving.data)}],
    }
    text = json.dumps(whole, separators=(",", ":")).encode()
    return _container(text, still + bytes(moving.data))


class _Buffer:
    """Bytes with the views and accessors that describe them; every view begins at a multiple of four."""

    def __init__(self, accessors: int = 0, views: int = 0, offset: int = 0) -> None:
        self.data = bytearray()
        self.accessors: list[Json] = []
        self.views: list[Json] = []
        self._start = accessors, views, offset

    def view(self, array: Array, target: int | None = None) -> int:
        """Append an array; gives the number of its view."""
        view = {"buffer": 0, "byteOffset": self._start[2] + len(self.data), "byteLength": array.nbytes}
        self.views.append(view if target is None else {**view, "target": target})
        self.data += array.tobytes()
        self.data += bytes(-len(self.data) % 4)
        return self._start[1] + len(self.views) - 1

    def accessor(self, view: int, component: int, kind: str, count: int, **more: object) -> int:
        self.accessors.append({"bufferView": view, "componentType": component, "type": kind, "count": count, **more})
        return self._start[0] + len(self.accessors) - 1


@cache
def _still() -> tuple[Json, bytes]:
    """Everything that does not depend on the clip: the document without its animation, and the mesh's bytes."""
    buffer = _Buffer()
    skeleton = mannequin_skeleton()
    primitives = _primitives(buffer)
    binds = np.tile(np.eye(4, dtype=np.float32), (len(skeleton.names), 1, 1))
    binds[:, 3, :3] = -skeleton.rest  # column-major: the translation is the last four numbers
    skin = {
        "inverseBindMatrices": buffer.accessor(buffer.view(binds), _FLOAT, "MAT4", len(binds)),
        "skeleton": 0,
        "joints": list(range(len(skeleton.names))),
    }
    document = {
        "asset": {"version": "2.0", "generator": "Figurine"},
        "scene": 0,
        "scenes": [{"nodes": [0, len(skeleton.names)]}],
        "nodes": [*_nodes(), {"name": "Mannequin", "mesh": 0, "skin": 0}],
        "meshes": [{"name": "Mannequin", "primitives": primitives}],
        "materials": [_material(name, colour) for name, colour in MATERIALS],
        "skins": [skin],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
    }
    return document, bytes(buffer.data)


def _primitives(buffer: _Buffer) -> list[Json]:
    """One primitive a material over shared vertices."""
    mesh = mannequin()
    count = len(mesh.vertices)
    box = {"min": mesh.vertices.min(axis=0).tolist(), "max": mesh.vertices.max(axis=0).tolist()}
    weights = np.rint(mesh.joint_weights * 255).astype(np.uint8)
    attributes = {
        "POSITION": buffer.accessor(buffer.view(mesh.vertices, _ARRAY_BUFFER), _FLOAT, "VEC3", count, **box),
        "NORMAL": buffer.accessor(buffer.view(mesh.normals, _ARRAY_BUFFER), _FLOAT, "VEC3", count),
        "JOINTS_0": buffer.accessor(buffer.view(mesh.joint_indices, _ARRAY_BUFFER), _U8, "VEC4", count),
        "WEIGHTS_0": buffer.accessor(buffer.view(weights, _ARRAY_BUFFER), _U8, "VEC4", count, normalized=True),
    }
    primitives = []
    for material in range(len(MATERIALS)):
        triangles = mesh.triangles[mesh.materials == material]
        indices = buffer.accessor(buffer.view(triangles, _ELEMENT_BUFFER), _U16, "SCALAR", triangles.size)
        primitives.append({"attributes": attributes, "indices": indices, "material": material})
    return primitives


def _nodes() -> list[Json]:
    skeleton = mannequin_skeleton()
    nodes: list[Json] = []
    for index, (name, offset) in enumerate(zip(skeleton.names, skeleton.offsets.tolist(), strict=True)):
        children = [child for child, parent in enumerate(skeleton.parents) if parent == index]
        nodes.append({"name": name, "translation": offset} | ({"children": children} if children else {}))
    return nodes


def _material(name: str, colour: tuple[float, float, float]) -> Json:
    surface = {"baseColorFactor": [*colour, 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.55}
    return {"name": name, "pbrMetallicRoughness": surface}


def _moving(clip: Clip, accessors: int, views: int, offset: int) -> tuple[_Buffer, Json]:
    """The clip's bytes and its animation: a rotation for every joint, a translation for the pelvis."""
    buffer = _Buffer(accessors, views, offset)
    frames, joints = clip.quaternions.shape[:2]
    times = (np.arange(frames) / clip.fps).astype(np.float32)
    time = buffer.accessor(buffer.view(times), _FLOAT, "SCALAR", frames, min=[0.0], max=[float(times[-1])])
    path = buffer.accessor(buffer.view(clip.root), _FLOAT, "VEC3", frames)
    turns = buffer.view(clip.quaternions.swapaxes(0, 1))
    outputs = [path, *(buffer.accessor(turns, _FLOAT, "VEC4", frames, byteOffset=joint * frames * 16) for joint in range(joints))]
    targets = [(0, "translation"), *((joint, "rotation") for joint in range(joints))]
    animation = {
        "name": "Motion",
        "samplers": [{"input": time, "interpolation": "LINEAR", "output": output} for output in outputs],
        "channels": [{"sampler": index, "target": {"node": node, "path": kind}} for index, (node, kind) in enumerate(targets)],
    }
    return buffer, animation


def _container(text: bytes, data: bytes) -> bytes:
    """Header, JSON chunk padded with spaces, binary chunk (already a multiple of four)."""
    text += b" " * (-len(text) % 4)
    head = np.array([_MAGIC, 2, 12 + 8 + len(text) + 8 + len(data), len(text), _JSON], dtype="<u4")
    return head.tobytes() + text + np.array([len(data), _BIN], dtype="<u4").tobytes() + data
