import json
import struct
from typing import Any

import numpy as np

from function.models.motion.export import glb
from function.models.motion.export.clip import Clip, matrices
from function.models.motion.mannequin import mannequin
from tests.models.motion.clips import JOINTS, standing, wandering

_COMPONENTS = {5121: "<u1", 5123: "<u2", 5126: "<f4"}
_SIZES = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Glb:
    """A GLB taken apart by the letter of the glTF 2.0 specification."""

    def __init__(self, data: bytes) -> None:
        self.header = struct.unpack_from("<4sII", data)
        length, kind = struct.unpack_from("<I4s", data, 12)
        self.json: dict[str, Any] = json.loads(data[20 : 20 + length])
        self.json_chunk = length, kind
        start = 20 + length
        self.bin_chunk = struct.unpack_from("<I4s", data, start)
        self.bin = data[start + 8 :]

    def array(self, index: int) -> np.ndarray[tuple[int, ...], np.dtype[Any]]:
        accessor = self.json["accessors"][index]
        view = self.json["bufferViews"][accessor["bufferView"]]
        offset = view["byteOffset"] + accessor.get("byteOffset", 0)
        width = _SIZES[accessor["type"]]
        values = np.frombuffer(self.bin, _COMPONENTS[accessor["componentType"]], accessor["count"] * width, offset)
        return values.reshape(-1, width)

    def channels(self) -> dict[tuple[str, str], np.ndarray[tuple[int, ...], np.dtype[Any]]]:
        """Keys of the animation by node name and path."""
        (animation,) = self.json["animations"]
        return {
            (self.json["nodes"][channel["target"]["node"]]["name"], channel["target"]["path"]): self.array(
                animation["samplers"][channel["sampler"]]["output"]
            )
            for channel in animation["channels"]
        }


def opened(clip: Clip) -> Glb:
    return Glb(glb.write(clip))


def test_header_and_chunks_have_the_stated_lengths() -> None:
    data = glb.write(standing(7))
    file = Glb(data)
    assert file.header == (b"glTF", 2, len(data))
    assert file.json_chunk[1] == b"JSON"
    assert file.bin_chunk == (len(file.bin), b"BIN\0")
    assert file.json["buffers"] == [{"byteLength": len(file.bin)}]


def test_chunks_and_views_begin_at_multiples_of_four() -> None:
    for frames in range(1, 6):
        file = opened(standing(frames))
        assert file.json_chunk[0] % 4 == 0
        assert file.bin_chunk[0] % 4 == 0
        assert all(view["byteOffset"] % 4 == 0 for view in file.json["bufferViews"])


def test_every_accessor_lies_inside_its_view() -> None:
    file = opened(wandering(9))
    for index, accessor in enumerate(file.json["accessors"]):
        view = file.json["bufferViews"][accessor["bufferView"]]
        assert accessor.get("byteOffset", 0) + file.array(index).nbytes <= view["byteLength"]


def test_there_is_one_node_a_joint_with_its_rest_offset() -> None:
    clip = standing(1)
    nodes = opened(clip).json["nodes"]
    assert tuple(node["name"] for node in nodes[:22]) == JOINTS
    assert np.allclose([node["translation"] for node in nodes[:22]], clip.skeleton.offsets)
    assert {child: parent for parent, node in enumerate(nodes) for child in node.get("children", [])} == {
        child: parent for child, parent in enumerate(clip.skeleton.parents) if parent >= 0
    }


def test_bind_matrices_undo_the_rest_pose() -> None:
    clip = standing(1)
    file = opened(clip)
    binds = file.array(file.json["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).swapaxes(1, 2)  # stored column by column
    assert np.allclose(binds @ np.append(clip.skeleton.rest, np.ones((22, 1)), axis=1)[..., None], [[0], [0], [0], [1]])


def test_keys_are_the_clip() -> None:
    clip = wandering(33)
    channels = opened(clip).channels()
    assert len(channels) == 23
    assert np.array_equal(channels["Pelvis", "translation"], clip.root)
    for joint, name in enumerate(JOINTS):
        assert np.array_equal(channels[name, "rotation"], clip.quaternions[:, joint])


def test_neighbouring_keys_turn_the_short_way() -> None:
    for (_, path), keys in opened(wandering(60)).channels().items():
        if path == "rotation":
            assert (np.sum(keys[1:] * keys[:-1], axis=1) >= 0).all()
            assert np.allclose(np.linalg.norm(keys, axis=1), 1, atol=1e-5)


def test_all_samplers_share_one_time_in_seconds_with_its_bounds() -> None:
    file = opened(wandering(45))
    samplers = file.json["animations"][0]["samplers"]
    (time,) = {sampler["input"] for sampler in samplers}
    assert {sampler["interpolation"] for sampler in samplers} == {"LINEAR"}
    assert np.allclose(file.array(time)[:, 0], np.arange(45) / 30)
    assert file.json["accessors"][time]["min"] == [0.0]
    assert file.json["accessors"][time]["max"] == [float(np.float32(44 / 30))]


def test_the_mesh_is_the_mannequin() -> None:
    file = opened(standing(1))
    mesh = mannequin()
    primitives = file.json["meshes"][0]["primitives"]
    attributes = primitives[0]["attributes"]
    assert np.array_equal(file.array(attributes["POSITION"]), mesh.vertices)
    assert np.array_equal(file.array(attributes["NORMAL"]), mesh.normals)
    assert np.array_equal(file.array(attributes["JOINTS_0"]), mesh.joint_indices)
    assert np.concatenate([file.array(part["indices"]) for part in primitives]).size == mesh.triangles.size
    position = file.json["accessors"][attributes["POSITION"]]
    assert np.allclose(position["min"], mesh.vertices.min(axis=0))
    assert np.allclose(position["max"], mesh.vertices.max(axis=0))


def test_weights_are_bytes_that_sum_to_255() -> None:
    file = opened(standing(1))
    index = file.json["meshes"][0]["primitives"][0]["attributes"]["WEIGHTS_0"]
    assert file.json["accessors"][index]["normalized"] is True
    assert (file.array(index).astype(int).sum(axis=1) == 255).all()


def test_skinning_by_the_file_alone_puts_the_soles_on_the_ground() -> None:
    file = opened(standing(1))
    channels, nodes = file.channels(), file.json["nodes"]
    world = np.tile(np.eye(4), (22, 1, 1))
    parents = {child: parent for parent, node in enumerate(nodes) for child in node.get("children", [])}
    for joint, node in enumerate(nodes[:22]):
        local = np.eye(4)
        local[:3, :3] = matrices(channels[node["name"], "rotation"][0])
        local[:3, 3] = channels.get((node["name"], "translation"), np.array([node["translation"]]))[0]
        world[joint] = world[parents[joint]] @ local if joint in parents else local
    binds = file.array(file.json["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).swapaxes(1, 2)
    attributes = file.json["meshes"][0]["primitives"][0]["attributes"]
    vertices = np.append(file.array(attributes["POSITION"]), np.ones((len(mannequin().vertices), 1)), axis=1)
    moved = np.einsum("vkij,vj->vki", (world @ binds)[file.array(attributes["JOINTS_0"])], vertices)
    skinned = np.einsum("vk,vki->vi", file.array(attributes["WEIGHTS_0"]) / 255, moved)
    assert abs(skinned[:, 1].min()) < 1e-6


def test_the_asset_says_that_a_machine_made_it() -> None:
    asset = opened(standing(5)).json["asset"]
    assert asset["version"] == "2.0"
    assert asset["extras"] == {"fps": 30.0, "frames": 5, "machineGenerated": True}


def test_the_same_clip_gives_the_same_bytes() -> None:
    assert glb.write(wandering(8)) == glb.write(wandering(8))


def test_one_file_leaves_no_trace_in_the_next() -> None:
    first = glb.write(standing(3))
    glb.write(wandering(50))
    assert glb.write(standing(3)) == first
