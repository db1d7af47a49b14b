"""The safetensors parser."""

import json

from function.weights.tensors import parse_tensors


def test_a_header_whose_length_begins_like_a_pickle_is_read() -> None:
    entry = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    header = entry.ljust(0x80)
    content = len(header).to_bytes(8, "little") + header + bytes(4)
    assert content[:1] == b"\x80"
    assert parse_tensors(memoryview(bytearray(content)))["a"].tolist() == [0.0]
