from function.observe.gpu import read_gpus


def test_devices_are_listed_or_there_are_none() -> None:
    for gpu in read_gpus():
        assert 0 <= gpu.memory_used <= gpu.memory_total
        assert 0 <= gpu.busy <= 1
