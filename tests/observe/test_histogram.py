from function.observe.histogram import Histogram


def test_values_are_counted_up_to_each_bound() -> None:
    histogram = Histogram((1.0, 2.5))
    for value in (0.5, 1.0, 2.0, 99.0):
        histogram.observe(value)
    assert histogram.cumulative() == [("1", 2.0), ("2.5", 3.0), ("+Inf", 4.0)]
    assert histogram.total == 102.5
