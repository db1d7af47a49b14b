"""Real processes: started, asked over HTTP, and ended by their id."""

import fcntl
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from function.settings import PREFIX

SCRIPTS = Path(__file__).parents[1]
LONGEST_S = 60.0
LOCAL = "127.0.0.1"

Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Server:
    """A process that listens on `port`. `begun`: `time.perf_counter()` just before its exec."""

    process: subprocess.Popen[bytes]
    port: int
    begun: float

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Status and body, over a connection of its own. Raises `OSError`."""
        connection = http.client.HTTPConnection(LOCAL, self.port, timeout=LONGEST_S)
        try:
            connection.request(method, path, body, {"content-type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def age(self) -> float:
        """Seconds since its exec."""
        return time.perf_counter() - self.begun

    def until(self, path: str, good: Callable[[Answer], bool], pause: float) -> float:
        """Ask for `path` every `pause` seconds; seconds from exec to the first good answer."""
        while self.age() < LONGEST_S:
            try:
                if good(self.ask("GET", path)):
                    return self.age()
            except OSError:
                if self.process.poll() is not None:
                    break
            time.sleep(pause)
        raise RuntimeError(f"{self.process.args!r} did not answer {path} as it should; exit code {self.process.poll()}")


Serving = AbstractContextManager[Server]


def answered(answer: Answer) -> bool:
    """There was an answer, whatever it says."""
    return bool(answer)


def ready(answer: Answer) -> bool:
    """The status is 200."""
    return answer[0] == 200


def function(models: str, core: int | None = None, **settings: str) -> Serving:
    """`python -m function` with these models and settings, on one core or all."""
    environ = {PREFIX + name.upper(): value for name, value in {"models": models, **settings}.items()}
    return _serving(["function"], {**environ, "HOST": LOCAL}, core)


def plain(app: str, core: int | None = None, **environ: str) -> Serving:
    """A FastAPI app of `benchmarks.peers` under uvicorn, without its access log, on one core or all."""
    return _serving(["uvicorn", f"benchmarks.peers.{app}:app", "--no-access-log", "--log-level", "warning", "--port"], environ, core)


def peer(module: str, *arguments: str, core: int | None = None) -> Serving:
    """A module of `benchmarks.peers` that takes these arguments and a port."""
    return _serving([f"benchmarks.peers.{module}", *arguments], {}, core)


def environment(results: str, more: Mapping[str, str] = {}) -> dict[str, str]:
    """This process's, without settings of the function that a person may have set."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**environ, "PYTHONPATH": f"{SCRIPTS}{os.pathsep}{SCRIPTS.parent}", "FUNCTION_RESULTS": results, **more}


def run_python(arguments: Sequence[str], core: int | None = None) -> str:
    """What a Python process prints until its end."""
    command = [*pinned(core), sys.executable, *arguments]
    return subprocess.run(command, env=environment("memory://"), check=True, stdout=subprocess.PIPE, text=True).stdout


def pinned(core: int | None) -> list[str]:
    """The beginning of a command that keeps it on one core."""
    return [] if core is None else ["taskset", "-c", str(core)]


def cores() -> tuple[int, int]:
    """One core for the server, another for the client; the same where there is only one."""
    there = sorted(os.sched_getaffinity(0))
    return there[0], there[-1]


def wait_for_others() -> None:
    """Until no other bench runs on this machine; then keep others waiting until this process ends."""
    door = os.open(Path(tempfile.gettempdir(), "figurine-bench.lock"), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another bench is running; waiting for its end.", file=sys.stderr)
        fcntl.flock(door, fcntl.LOCK_EX)


@contextmanager
def _serving(module: Sequence[str], settings: Mapping[str, str], core: int | None) -> Iterator[Server]:
    """Python runs the module with a free port as its last argument, and in PORT."""
    port = str(_free_port())
    arguments = ["-m", *module] if module[0] == "function" else ["-m", *module, port]
    with tempfile.TemporaryDirectory() as folder:
        environ = environment(folder, {**settings, "PORT": port})
        begun = time.perf_counter()
        process = subprocess.Popen([*pinned(core), sys.executable, *arguments], env=environ, stdout=subprocess.DEVNULL)
        try:
            yield Server(process, int(port), begun)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.create_server((LOCAL, 0)) as door:
        return int(door.getsockname()[1])
