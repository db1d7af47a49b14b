"""What a rollout will cost, said before it begins."""

from deployment.bundle import Bundle
from deployment.cluster import Cluster
from deployment.durations import seconds_of
from deployment.failure import Failure
from deployment.preflight.facts import Facts
from deployment.preflight.finding import set_config
from deployment.record import read_service
from deployment.rollout import Plan
from deployment.status import status
from deployment.traffic import serving

DRAIN_S = 30.0
"""A pod keeps its GPU for so long after its last request."""


def price(cluster: Cluster, bundle: Bundle) -> str:
    """The question that a rollout without a spare GPU begins with. Raises `Failure` when the cluster is not made for it."""
    facts = Facts(cluster, bundle)
    if facts.config("config-autoscaler").get("allow-zero-initial-scale") != "true":
        text = "Without a spare GPU a new revision has to be accepted before it has a pod, which the cluster does not allow."
        raise Failure(text, set_config("config-autoscaler", "allow-zero-initial-scale", "true"))
    window = seconds_of(facts.annotation("autoscaling.knative.dev/window", facts.config("config-autoscaler").get("stable-window", "60s")))
    came_up = [sum(pod.startup.values()) for pod in status(cluster, bundle.name).pods]
    start, how = (max(came_up), "as measured") if any(came_up) else (facts.start_budget_s, "at most")
    timeout = facts.pod.get("timeoutSeconds", 300)
    return (
        f"The old revision leaves before the new one can start. For about {window + DRAIN_S + start:.0f} s requests wait, and fail after "
        f"{timeout} s: {window:.0f} s idle, {DRAIN_S:.0f} s and its longest request to drain, {start:.0f} s ({how}) to come up; "
        "going back costs the same again. Go on?"
    )


def outlook(cluster: Cluster, bundle: Bundle, plan: Plan) -> str:
    """What a rollout would do, without doing it."""
    old = serving(read_service(cluster, bundle.name))
    shares = (100,) if plan.scarce else plan.shares
    steps = ", ".join(f"{share} %" for share in shares)
    before = "after the old revision has left its GPU" if plan.scarce else "after smoke requests to a URL of its own"
    return f"All traffic would be pinned to {old}; a new revision would get {steps}, {before}, each step watched for {plan.hold_s:.0f} s."
