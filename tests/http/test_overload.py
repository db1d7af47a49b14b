"""More callers than places."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import Serve
from tests.serving import Reply


def test_200_clients_get_an_answer_or_an_early_refusal(serve: Serve) -> None:
    client = serve("Nap", concurrency=4)

    def three(_: int) -> list[Reply]:
        return [client.post("/nap", {"seconds": 0.01}) for _ in range(3)]

    with ThreadPoolExecutor(200) as clients:
        replies = [reply for answers in clients.map(three, range(200)) for reply in answers]
    counts = Counter(reply.status for reply in replies)
    assert set(counts) == {200, 429}
    refused = [reply for reply in replies if reply.status == 429]
    assert all(reply.json()["code"] == "overloaded" and int(reply.headers["retry-after"]) >= 1 for reply in refused)
    assert client.get("/health/live").status == 200
    assert client.post("/nap", {}).status == 200
