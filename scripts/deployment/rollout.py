"""Ships a new revision step by step, and goes back by itself. What is decided is in progress.py and gates.py; here it is done.

Every step ends in one write that changes the traffic and the state's annotation together, and only if nobody else has changed the Service
since it was read. So the cluster is in the state that its annotation says at every moment, and the next run goes on from there.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from deployment import progress, traffic
from deployment.bundle import Bundle
from deployment.cluster import Cluster, Object
from deployment.comparison import Comparison
from deployment.console import Console
from deployment.durations import seconds_of
from deployment.failure import Failure
from deployment.gates import Limits, fault, judge
from deployment.knative import REVISION, SERVICE, condition, failed, latest_created, port, ready, settled, waiting
from deployment.lease import Lease
from deployment.progress import TAGS, Phase, State
from deployment.readings import Readings
from deployment.record import describe, put, read_service
from deployment.sources import Arm
from deployment.watching import states, wait

DEADLINE_S = 600.0
DEADLINE = "serving.knative.dev/progress-deadline"
INITIAL_SCALE = "autoscaling.knative.dev/initial-scale"


class Rejected(Exception):
    """The new revision is not good enough; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to roll out. `hold_s`: for how long real traffic is watched at each step. `wait_s`: how long a revision may take to be ready;
    0 is its own progress deadline."""

    shares: tuple[int, ...] = (5, 25, 50, 100)
    hold_s: float = 60
    wait_s: float = 0
    scarce: bool = False
    force: bool = False
    limits: Limits = field(default_factory=Limits)


class Rollout:
    """One rollout of one Service, by whoever holds its lease."""

    def __init__(self, cluster: Cluster, bundle: Bundle, plan: Plan, comparison: Comparison, console: Console, lease: Lease) -> None:
        self._cluster, self._bundle, self._plan = cluster, bundle, plan
        self._comparison, self._console, self._lease = comparison, console, lease
        self.name = bundle.name
        self._steps: dict[Phase, Callable[[State], State]] = {
            Phase.PINNED: self._create,
            Phase.CREATED: self._get_ready,
            Phase.TAGGED: self._smoke,
            Phase.SHIFTED: self._prove,
        }

    def run(self) -> State:
        """To the end, from the beginning or from where the last run stopped. Raises `Failure` where neither forth nor back is possible."""
        service = read_service(self._cluster, self.name)
        found = progress.read(service)
        state = self._resume(found) if found and not found.ended else self._begin(service)
        while not state.ended:
            try:
                after = self._steps[state.phase](state)
            except Rejected as reason:
                after = progress.failed(state, str(reason))
            state = self._write(state, after)
        self._settle(state)
        return state

    def _begin(self, service: Object) -> State:
        old = traffic.serving(service)
        self._comparison.web.reach(service["status"]["url"] + "/health", seconds=self._patience(service))
        state = progress.begin(old, latest_created(service), self._bundle.digest, self._plan.shares, scarce=self._plan.scarce)
        if not self._changes(service, state.scarce):
            raise Failure(f"{self.name} runs this manifest already; there is nothing to roll out.", f"scripts/deploy status {self.name}")
        if state.scarce:
            arm = Arm(old, service["status"]["url"], port(service["spec"]["template"]))
            state = replace(state, baseline=self._comparison.measure(arm)[old].to_json())
        return self._write(None, state)

    def _resume(self, state: State) -> State:
        if state.manifest != self._bundle.digest:
            text = f"An interrupted rollout of {self.name} ({state.phase}) ships another manifest than this one."
            raise Failure(text, f"scripts/deploy rollout {self.name} --abort, then the same command once more")
        self._console.say(f"Going on with rollout {state.id}: {describe(state)}.")
        return state

    def _changes(self, service: Object, scarce: bool) -> bool:
        """Whether the manifest would make a new revision: the server is asked, since it fills in defaults."""
        would = self._cluster.apply(self._manifest(scarce), force=self._plan.force, dry_run=True)
        return bool(would["spec"]["template"] != service["spec"]["template"])

    def _manifest(self, scarce: bool) -> Object:
        """Of the Service, without traffic, which is not the manifest's to say during a rollout."""
        manifest = self._bundle.service
        spec = {name: value for name, value in manifest["spec"].items() if name != "traffic"}
        if scarce:  # ready without a pod, since there is no GPU for one yet
            template = spec["template"]
            metadata = template.get("metadata", {})
            annotations = {**metadata.get("annotations", {}), INITIAL_SCALE: "0"}
            spec["template"] = {**template, "metadata": {**metadata, "annotations": annotations}}
        metadata = {**manifest["metadata"], "namespace": manifest["metadata"].get("namespace") or self._cluster.namespace}
        return {**manifest, "metadata": metadata, "spec": spec}

    def _create(self, state: State) -> State:
        generation = self._cluster.apply(self._manifest(state.scarce), force=self._plan.force)["metadata"]["generation"]
        service = wait(
            self._cluster,
            SERVICE,
            self.name,
            lambda one: (
                one is not None and one["status"].get("observedGeneration", 0) >= generation and latest_created(one) != state.before
            ),
            seconds=DEADLINE_S,
            what=f"A new revision of {self.name}",
        )
        new = latest_created(service or {})
        if state.scarce:
            self._console.say(f'Set {INITIAL_SCALE}: "0" in the manifests too, as {new} has it; else the next `up` makes another revision.')
        self._console.say(f"{new} was made; all traffic stays with {state.old}.")
        return progress.created(state, new)

    def _get_ready(self, state: State) -> State:
        told = ""
        for objects in states(self._cluster, REVISION, name=state.new, seconds=self._plan.wait_s or self._deadline()):
            revision = objects.get(state.new)
            if revision is None:
                raise Rejected(f"{state.new} is gone")
            if ready(revision):
                return progress.passed(state)
            if found := failed(revision):
                raise Rejected(f"{state.new} does not start: {found}")
            if (text := waiting(revision)) and text != told:
                hint = " (without a spare GPU: --scarce)" if condition(revision, "ResourcesAvailable").reason == "Unschedulable" else ""
                self._console.say(f"{state.new} waits: {text}{hint}")
                told = text
        raise Rejected(f"{state.new} was not ready in time{f': {told}' if told else ''}")

    def _smoke(self, state: State) -> State:
        arms = self._arms(state)
        found = self._comparison.trial.run(*arms)
        self._judge(state, found[state.old], found[state.new], "before any traffic")
        return progress.passed(state)

    def _prove(self, state: State) -> State:
        arms = self._arms(state)
        if state.scarce and (reason := self._comparison.wake(arms[-1], self._plan.wait_s or self._deadline())):
            raise Rejected(f"{state.new} did not come up: {reason}")
        baseline = Readings.from_json(state.baseline)

        def look(now: dict[str, Readings]) -> None:
            self._lease.check()
            if reason := fault(judge(now.get(state.old, baseline), now[state.new], self._plan.limits)):
                raise Rejected(reason)

        found = self._comparison.measure(*arms, seconds=self._plan.hold_s, look=look)
        self._judge(state, found.get(state.old, baseline), found[state.new], f"at {state.share} %")
        return progress.passed(state)

    def _judge(self, state: State, old: Readings, new: Readings, when: str) -> None:
        verdicts = judge(old, new, self._plan.limits)
        for one in verdicts:
            self._console.say(f"  {one}", rollout=state.id, gate=one.gate, good=one.good)
        if reason := fault(verdicts):
            raise Rejected(f"{reason} ({when})")

    def _arms(self, state: State) -> tuple[Arm, ...]:
        """Old and new with the URLs of their tags, once the routes are as the state says."""
        wanted = progress.targets(state, state.new)

        def routed(service: Object | None) -> bool:
            self._guard(service or {}, state, state)
            return service is not None and settled(service) and _routed(service, wanted)

        service = wait(
            self._cluster,
            SERVICE,
            self.name,
            routed,
            seconds=DEADLINE_S,
            what=f"The traffic of {self.name} ({traffic.describe(wanted)})",
        )
        assert service is not None
        urls = {one["tag"]: one["url"] for one in service["status"]["traffic"] if one.get("tag")}
        number = port(service["spec"]["template"])
        tagged = [(TAGS[0], state.old), (TAGS[1], state.new)]
        return tuple(Arm(revision, urls[tag], number) for tag, revision in tagged if tag in urls)

    def _write(self, before: State | None, after: State) -> State:
        """Refused when somebody else has moved the traffic meanwhile, or runs another rollout."""

        def decide(service: Object) -> State:
            self._lease.check()
            self._guard(service, before, after)
            return after

        put(self._cluster, self.name, decide)
        if not after.ended:
            self._console.say(describe(after), state=asdict(after))
        return after

    def _guard(self, service: Object, before: State | None, after: State) -> None:
        """Raises `Failure` when somebody else has moved the traffic, runs another rollout, or has removed the Service."""
        if not service:
            raise Failure(f"Service {self.name} was removed.", f"scripts/deploy up {self.name}")
        if before is None:
            if traffic.serving(service) != after.old:
                raise Failure(f"The traffic of {self.name} was changed by somebody else.", "the same command once more")
            return
        found = progress.read(service)
        latest = latest_created(service)
        own = [[*progress.targets(one, latest), *traffic.kept(service, TAGS)] for one in (before, after)]
        if found is None or found.id != before.id or not any(traffic.same(service["spec"].get("traffic", []), one) for one in own):
            text = f"The traffic of {self.name} was changed by somebody else ({traffic.describe(service['spec'].get('traffic', []))})."
            raise Failure(text, f"scripts/deploy rollout {self.name} --abort, which gives all traffic to {before.old}")

    def _settle(self, state: State) -> None:
        """Until the routes follow."""
        wait(
            self._cluster,
            SERVICE,
            self.name,
            lambda one: one is not None and settled(one),
            seconds=DEADLINE_S,
            what=f"The last change of traffic ({state.phase})",
        )

    def _deadline(self) -> float:
        annotations = self._bundle.service["spec"]["template"].get("metadata", {}).get("annotations", {})
        return seconds_of(annotations[DEADLINE]) if DEADLINE in annotations else DEADLINE_S

    def _patience(self, service: Object) -> float:
        return float(service["spec"]["template"]["spec"].get("timeoutSeconds", 300))


def _routed(service: Object, wanted: list[traffic.Target]) -> bool:
    now = {(one["revisionName"], one.get("tag", "")): one.get("percent") or 0 for one in service.get("status", {}).get("traffic", ())}
    return all(now.get((one["revisionName"], one.get("tag", ""))) == one["percent"] for one in wanted)
