"""The table that a run prints."""

COLUMNS = (
    ("rate/s", "rate", 10, 0),
    ("p50 µs", "p50_us", 10, 0),
    ("p99 µs", "p99_us", 11, 0),
    ("server µs", "server_cpu_us", 11, 2),
    ("Redis µs", "redis_cpu_us", 10, 2),
    ("client µs", "client_cpu_us", 11, 2),
)


def lines(result):
    yield f"{'':34}" + "".join(f"{title:>{width}}" for title, _, width, _ in COLUMNS) + "   rate by round"
    yield row("ping (Echo, 300 bytes)", result["ping"])
    for name, key in ("GetCase", "get_case"), ("SubmitCase", "submit_case"):
        yield row(name, result[key]["server"])
        yield row(f"  ceiling, {name}", result[key]["ceiling"])
    yield row("ListCases, 500 a call", result["list_cases"])
    for name, pair in result["get_case_paced"].items():
        yield f"GetCase, open loop at {name}: {pair['rate_asked']}/s"
        yield row("  returnsd" + behind(pair, "server"), pair["server"])
        yield row("  ceiling" + behind(pair, "ceiling"), pair["ceiling"])
    for name, key in ("server to client", "download"), ("client to server", "upload"):
        yield row(f"messages, {name}", result["streams"][key])
    yield ""
    sides = (result["ping"], result["get_case"]["server"], result["list_cases"])
    ping, get_case, list_cases = (side["server_cpu_us"] for side in sides)
    yield f"server CPU: GetCase {get_case / ping:.1f} × ping, ListCases {list_cases / get_case:.0f} × GetCase"
    found = result["idle"]
    yield (
        f"{found['connections']} idle connections: returnsd has {found['resident_bytes'] / 1e6:.0f} MB in"
        " use, "
        f"{found['resident_bytes_before'] / 1e6:.0f} MB before them, so"
        f" {found['bytes_per_connection'] / 1e3:.1f} kB each"
    )
    for name, key in ("GetCase", "get_case"), ("SubmitCase", "submit_case"):
        low, high = min(result[key]["ratio_by_round"]), max(result[key]["ratio_by_round"])
        yield f"returnsd : ceiling, {name}: {result[key]['ratio']:.1%} (by round {low:.1%} to {high:.1%})"
    for name, pair in result["get_case_paced"].items():
        late = [side for side in ("server", "ceiling") if behind(pair, side)]
        ratio = f"{pair['server']['p99_us'] / pair['ceiling']['p99_us']:.1f}"
        yield (
            f"p99 at {name}, returnsd : ceiling: {'not comparable, a side cannot keep up' if late else ratio}"
        )


def row(name, side):
    values = "".join(
        f"{side[key]:>{width},.{digits}f}" if key in side else " " * width
        for _, key, width, digits in COLUMNS
    )
    return f"{name:34}{values}   {side['rate_min']:,.0f} to {side['rate_max']:,.0f}"


def behind(pair, side):
    """An open loop that was not kept says so: its latencies then tell how long
    the run was, not how fast the server is."""
    return " (CANNOT KEEP UP)" if pair[side]["rate"] < 0.97 * pair["rate_asked"] else ""


def conditions(result, durable):
    """How the numbers came about; they mean nothing without."""
    yield (
        f"{result['rounds']} rounds of {result['seconds_per_measure'] / result['rounds']:.1f} s per measure"
        " and side, "
        f"server and ceiling in turn; {result['cases']} distinct orders and cases, "
        f"{result['commands_per_submission']:.0f} commands per submission."
    )
    yield (
        "Closed loops: 16 connections × 16 calls in flight (ListCases: 4 × 4); the ceiling has one connection"
        " with 256 operations in flight."
    )
    yield (
        f"Cores: {result['cores']}, shared without pinning by returnsd (1 event loop, no sweeper),"
        " redis-server "
        f"({'appendfsync always' if durable else 'no persistence'}) and the load;"
    )
    yield (
        f"the ceiling's side has redis-server and the ceiling program only. "
        f"Other processes of this machine took {result['other_processes_cores']:.2f} cores meanwhile."
    )
    yield (
        "CPU µs are per call: returnsd's by /proc/PID/stat, Redis's by INFO cpu, the client's by getrusage."
        " Percentiles: median round."
    )
    yield (
        "Messages are of 300 bytes, in streams of 4 connections × 4 calls through ReturnsClient, whose cost"
        " per message is the client's column."
    )
