"""`scripts/send` as a person runs it, against a running function."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sending.__main__ import EXAMPLES, main
from tests.serving import Client, serving

ROOT = Path(__file__).parents[2]
DONE, POISON, USAGE, RETRY = 0, 1, 2, 3
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving("Draw,Echo", results=str(tmp_path_factory.mktemp("results"))) as client:
        yield client


class Sent:
    """What a run of the command gave."""

    def __init__(self, code: int, output: str) -> None:
        self.code, self.output = code, output

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.output.splitlines()]


def send(client: Client, capture: Capture, *options: str) -> Sent:
    code = main(["--to", f"http://127.0.0.1:{client.port}/events", "--model", "draw", *options])
    return Sent(code, capture.readouterr().out)


@pytest.mark.parametrize("mode", ["binary", "structured", "batch"])
def test_an_event_is_answered(client: Client, capsys: Capture, mode: str) -> None:
    options = ["--mode", mode, "--id", f"{mode} \u2603", "--subject", "s", "-e", "Team=a=b"]
    sent = send(client, capsys, "--data", '{"text": "a"}', *options, "--json")
    (line,) = sent.lines
    (event,) = line["events"]
    assert (sent.code, line["status"], line["verdict"]) == (DONE, 200, "replied")
    assert (event["type"], event["data"]["facts"]) == ("figurine.draw.completed", {"text": "a"})
    assert [event[name] for name in ("correlationid", "subject", "team")] == [f"{mode} \u2603", "s", "a=b"]


def test_a_person_reads_status_attributes_data_and_links(client: Client, capsys: Capture) -> None:
    sent = send(client, capsys, "--data", '{"text": "a"}', "--id", "read")
    assert re.search(r"^> figurine\.draw\.requested  id read  source /scripts/send$", sent.output, re.MULTILINE)
    assert re.search(r"^< 200, \d+ ms: done; the reply goes into the broker as a new event$", sent.output, re.MULTILINE)
    assert re.search(r"^  correlationid +read$", sent.output, re.MULTILINE)
    assert '"text": "a"' in sent.output
    (link,) = re.findall(r"^  drawing\.txt \(10 bytes\): (\S+)$", sent.output, re.MULTILINE)
    assert client.get(link).body == b"a" * 10


def test_a_file_may_hold_data_an_event_or_a_list_of_either(client: Client, capsys: Capture, tmp_path: Path) -> None:
    event = {"specversion": "1.0", "id": "whole", "source": "/file", "type": "figurine.echo.requested", "data": {"text": "b"}}
    for content, types in (
        ({"text": "a"}, ["figurine.draw.completed"]),
        (event, ["figurine.echo.completed"]),
        ([event, {"text": "c"}], ["figurine.echo.completed", "figurine.draw.completed"]),
    ):
        file = tmp_path / "content.json"
        file.write_text(json.dumps(content))
        (line,) = send(client, capsys, str(file), "--json").lines
        assert [reply["type"] for reply in line["events"]] == types


def test_options_go_before_the_file(client: Client, capsys: Capture, tmp_path: Path) -> None:
    event = {"specversion": "1.0", "id": "whole", "source": "/file", "type": "figurine.echo.requested", "data": {"text": "b"}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    (line,) = send(client, capsys, str(tmp_path / "event.json"), "--id", "mine", "--json").lines
    assert line["sent"] == [{"type": "figurine.echo.requested", "source": "/file", "id": "mine"}]


def test_a_repeated_event_is_a_duplicate(client: Client, capsys: Capture) -> None:
    first, second = send(client, capsys, "--data", '{"text": "repeated"}', "--repeat", "2", "--json").lines
    assert first["events"][0]["id"] == second["events"][0]["id"]
    assert [line["events"][0]["data"]["stored"] for line in (first, second)] == [False, True]


def test_events_of_a_list_may_travel_alone(client: Client, capsys: Capture) -> None:
    lines = send(client, capsys, "--data", '[{"text": "a"}, {"text": "b"}]', "--mode", "binary", "--json").lines
    assert [line["events"][0]["data"]["facts"]["text"] for line in lines] == ["a", "b"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--data", '{"txet": "a"}'], POISON),
        (["--data", '{"text": "a"}', "--type", "unknown"], POISON),
        (["--data", '{"text": "a"}', "--id", ""], POISON),
        (["--data", '[{"text": "a"}, {"txet": "a"}]'], POISON),
        (["--data", '{"text": "a", "fault": "memory"}'], RETRY),
        (["--data", '[{"text": "a", "fault": "memory"}, {"txet": "a"}, {"text": "a"}]'], RETRY),
        (["--data", '{"text": "a"}', "--to", "http://127.0.0.1:1/"], RETRY),
        (["--data", "[]"], DONE),
    ],
)
def test_the_exit_code_is_what_a_broker_would_make_of_it(client: Client, capsys: Capture, options: list[str], code: int) -> None:
    assert send(client, capsys, *options).code == code


def test_a_problem_is_shown(client: Client, capsys: Capture) -> None:
    assert '\\"text\\" is missing' in send(client, capsys, "--data", '{"txet": "a"}').output
    assert "served are figurine.draw.requested" in send(client, capsys, "--data", "{}", "--type", "unknown").output
    assert "Connection refused" in send(client, capsys, "--data", "{}", "--to", "http://127.0.0.1:1/").output


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--data", "{}", "file"],
        ["--data", "{"],
        ["no such file"],
        ["--data", "{}", "-e", "x"],
        ["--data", "{}", "--to", "localhost:8080"],
    ],
)
def test_wrong_options_are_told_in_a_sentence(client: Client, capsys: Capture, options: list[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        send(client, capsys, *options)
    assert exit.value.code == USAGE
    assert capsys.readouterr().err.splitlines()[-1].startswith("scripts/send: error: ")


@pytest.mark.parametrize("mode", ["binary", "structured", "batch"])
def test_a_dry_run_prints_the_command_that_sends_the_same(client: Client, capsys: Capture, mode: str) -> None:
    options = ["--data", '{"text": "it\'s"}', "--id", "it's \u2603", "--mode", mode, "-H", "X-Tenant: a b", "--dry-run"]
    command = shlex.split(send(client, capsys, *options).output.replace("\\\n", ""))
    headers = dict(command[place + 1].split(": ", 1) for place, word in enumerate(command) if word == "-H")
    assert command[:2] == ["curl", "-si"]
    assert headers["x-tenant"] == "a b"
    reply = client.request("POST", command[2], command[command.index("--data-binary") + 1].encode(), headers)
    assert reply.status == 200
    assert "figurine.draw.completed" in str(reply)


def test_it_starts_without_what_the_function_needs() -> None:
    code = "import sys; sys.path.insert(0, 'scripts'); import sending.__main__; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "function", "pydantic", "cloudevents"} & set(loaded)


def test_the_launcher_runs_it_from_anywhere(client: Client, tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text('{"text": "a"}')
    command = [ROOT / "scripts" / "send", "data.json", "--model", "echo", "--to", f"http://127.0.0.1:{client.port}/"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == DONE


@pytest.mark.parametrize("example", [line.split("     ")[0] for line in EXAMPLES.splitlines() if line.startswith("  scripts/send")])
def test_an_example_of_the_help_can_be_sent(capsys: Capture, example: str) -> None:
    assert main([*shlex.split(example)[1:], "--dry-run"]) == DONE
    assert capsys.readouterr().out.startswith("curl ")
