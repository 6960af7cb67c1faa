"""The command line of the conformance runner."""

from __future__ import annotations

import argparse
import asyncio
import sys

from .. import TLSOptions, Token
from .runner import Result, Setting, header, line, run_all, summary


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m returns_client.conformance",
        description="Drives a server that offers rcp.conformance.v1 through every case, and prints a table.",
    )
    parser.add_argument("address", help="rcp://HOST:PORT, rcps://HOST:PORT, HOST:PORT or unix:PATH")
    parser.add_argument("--token-file", help="the API token")
    parser.add_argument("--ca", help="authorities that are trusted, as PEM")
    parser.add_argument("--cert", help="the client's certificate, as PEM")
    parser.add_argument("--key", help="its private key, as PEM")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse a token or key file that others may read, do not just warn",
    )
    parser.add_argument(
        "--allow-plaintext", action="store_true", help="send token and calls unencrypted to another machine"
    )
    parser.add_argument("--soak-seconds", type=float, default=5.0, help="how long the last case goes on (5)")
    arguments = parser.parse_args()
    try:
        token = (
            Token.from_file(arguments.token_file, strict=arguments.strict) if arguments.token_file else None
        )
        tls = TLSOptions(arguments.ca, arguments.cert, arguments.key, strict=arguments.strict)
        setting = Setting(arguments.address, token, tls, arguments.soak_seconds, arguments.allow_plaintext)
        results = asyncio.run(_print_all(setting))
    except (OSError, ValueError) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    return 0 if all(result.has_passed for result in results) else 1


async def _print_all(setting: Setting) -> list[Result]:
    """Prints each line at once, since a soak may take hours."""
    results = []
    print(header(), flush=True)
    async for result in run_all(setting):
        results.append(result)
        print(line(result), flush=True)
    print(summary(results))
    return results


if __name__ == "__main__":
    sys.exit(main())
