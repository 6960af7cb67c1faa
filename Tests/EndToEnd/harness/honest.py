"""A client that keeps to the rules, in a process of its own: how long its calls take while others do not.

As a program: reads numbers of calls from its standard input, makes them, and writes a line of JSON for each.
"""

import asyncio
import json
import pathlib
import subprocess
import sys
import time

from returns_client import CallOptions, Client, RCPError, Token
from returns_client.returns_v1 import CaseServiceStub, GetCaseRequest

WORKERS = 4


async def measure(cases, case, calls):
    seconds, failures, left = [], [], calls

    async def work():
        nonlocal left
        while left > 0:
            left -= 1
            began = time.perf_counter()
            try:
                await cases.get_case(GetCaseRequest(case_id=case), CallOptions(timeout=30))
            except RCPError as failure:
                failures.append(str(failure))
            seconds.append(time.perf_counter() - began)

    await asyncio.gather(*(work() for _ in range(WORKERS)))
    seconds.sort()
    return {
        "calls": calls,
        "failures": failures[:5],
        "p50_ms": round(seconds[len(seconds) // 2] * 1_000, 3),
        "p99_ms": round(seconds[int(len(seconds) * 0.99)] * 1_000, 3),
        "max_ms": round(seconds[-1] * 1_000, 3),
    }


async def main(address, token, case):
    async with Client(address, token=token) as client:
        cases = CaseServiceStub(client)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps(await measure(cases, case, int(line))), flush=True)


class Honest:
    """Drives that program."""

    def __init__(self, address, token_file, case):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "harness.honest", address, str(token_file), case],
            cwd=pathlib.Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.calls(WORKERS)

    def begin(self, calls):
        self.process.stdin.write(f"{calls}\n")
        self.process.stdin.flush()

    def result(self):
        line = self.process.stdout.readline()
        assert line, "the honest client has ended"
        return json.loads(line)

    def calls(self, count):
        """Makes so many calls and returns what they took."""
        self.begin(count)
        return self.result()

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=40)
        self.process.stdout.close()


if __name__ == "__main__":
    server, token_file, case_id = sys.argv[1:]
    asyncio.run(main(server, Token(pathlib.Path(token_file).read_text().strip()), case_id))
