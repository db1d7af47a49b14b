"""Jobs to batches to the lane: admission, batching, deadlines, bring-up, drain. Knows no HTTP and no model by name."""

from function.engine.engine import Engine
from function.engine.job import Answer, Call, Job, Timings
from function.engine.observer import Observer
from function.engine.startup import Ahead, Phase, Startup, read_ahead

__all__ = ["Ahead", "Answer", "Call", "Engine", "Job", "Observer", "Phase", "Startup", "Timings", "read_ahead"]
