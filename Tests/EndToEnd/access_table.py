"""Who may make which call on what: written by hand, so that a change of roles in a .proto file shows here.

A row says which roles a method has, and what each comes to for a principal bound to the sale channel that
the call is about (`own`), for one bound to another channel (`other`), and for one of all channels
(`all`). Administrators are never bound.

- `ok`: the call gets past access; the procedure may still refuse it.
- `hidden`: NOT_FOUND, word for word as for something that was never there.
- `sees`, `blind`: a list or stream with, or without, what the call is about.
- `bound`: refused, since it is about all sale channels at once.
- `left out`: a list of ids that names the case as one that is not there.
- `not owner`: refused, since another principal made it.

A role that a row does not name is refused by its role, whatever its channels.
"""

import pathlib
from dataclasses import dataclass, field

ROLES = [
    "channel",
    "service",
    "logistics",
    "warehouse",
    "finance",
    "supervisor",
    "auditor",
    "admin",
    "system",
]
ANY = " ".join(ROLES)


@dataclass(frozen=True)
class Row:
    roles: str
    own: str
    other: str
    all: str
    # Where a role comes to something else: role to (own, other, all).
    but: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def expected(self, role, scope):
        if role not in self.roles.split():
            return "role"
        return (
            self.but[role][("own", "other", "all").index(scope)] if role in self.but else getattr(self, scope)
        )


def case(roles):
    """About one case: there for its own channel and for all."""
    return Row(roles, "ok", "hidden", "ok")


def everybody(roles):
    """About no sale channel."""
    return Row(roles, "ok", "ok", "ok")


def whole(roles, allowed="ok"):
    """About all sale channels at once."""
    return Row(roles, "bound", "bound", allowed)


def listed(roles):
    return Row(roles, "sees", "blind", "sees")


def commands():
    """The method of every command, and its roles: the table that the domain's tests go by, too."""
    document = pathlib.Path(__file__).resolve().parents[2] / "Protocol" / "STATES.md"
    section, letters = "", {}
    for line in document.read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        if not line.startswith("|") or line.startswith("|---"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if section == "Roles":
            letters[cells[1]] = cells[0]
        if section == "Commands by state" and cells[0] != "Command":
            roles = " ".join(letters[letter] for letter in cells[2])
            yield f"returns.v1.{cells[1].replace('/', '.')}", roles


# The group that the calls are about was made by an administrator.
OWNED = {"channel": ("hidden", "hidden", "hidden")}

TABLE = {
    "rcp.discovery.v1.DiscoveryService.GetSchema": everybody(ANY),
    "returns.v1.HealthService.Check": everybody(ANY),
    "returns.v1.HealthService.Watch": everybody(ANY),
    "returns.v1.HealthService.Echo": everybody(ANY),
    "returns.v1.OrderService.PutOrder": case("channel admin"),
    "returns.v1.OrderService.GetOrder": case(ANY),
    "returns.v1.OrderService.ChangePayments": case("supervisor"),
    **{method: case(roles) for method, roles in commands() if ".CaseService." in method},
    "returns.v1.CaseService.GetCase": case(ANY),
    "returns.v1.CaseService.ListCases": listed(ANY),
    # The case of the table owes nothing; test_refunds.py looks at what a bound principal sees.
    "returns.v1.CaseService.ListRefunds": everybody("finance supervisor auditor admin system"),
    "returns.v1.CaseService.GetTimeline": case(ANY),
    "returns.v1.CaseService.AllowedCommands": case(ANY),
    "returns.v1.CaseService.ExplainCase": case(ANY),
    "returns.v1.ClockService.ListDue": listed(ANY),
    "returns.v1.ClockService.Sweep": whole("supervisor admin system"),
    "returns.v1.ClockService.NextWork": everybody("service logistics warehouse finance supervisor"),
    # Nobody is told whether a lease that is not theirs exists, so the answer is the same whatever the case.
    "returns.v1.ClockService.ReleaseWork": everybody("service logistics warehouse finance supervisor"),
    "returns.v1.ClockService.GetBoard": whole("service logistics warehouse finance supervisor auditor admin"),
    "returns.v1.ClockService.GetAttainment": whole("supervisor auditor admin"),
    "returns.v1.PolicyService.GetPolicy": everybody(ANY),
    "returns.v1.PolicyService.PutPolicy": everybody("admin"),
    "returns.v1.AdminService.VerifyIndexes": everybody("admin"),
    "returns.v1.AdminService.VerifyMoney": everybody("admin"),
    "returns.v1.AdminService.GetServerInfo": everybody(ANY),
    "returns.v1.AdminService.CreatePrincipal": everybody("admin"),
    "returns.v1.AdminService.ListPrincipals": everybody("admin"),
    "returns.v1.AdminService.RevokePrincipal": everybody("admin"),
    "returns.v1.AdminService.SetPrincipalTeam": everybody("admin"),
    "returns.v1.AdminService.SetPrincipalChannels": everybody("admin"),
    "returns.v1.AdminService.ConfirmReconciled": whole("finance admin"),
    "returns.v1.AdminService.AdvanceTestClock": everybody("admin"),
    "returns.v1.EventService.Subscribe": listed(ANY),
    "returns.v1.EventService.Consume": Row(
        "channel service logistics warehouse finance supervisor admin system",
        "hidden",
        "hidden",
        "ok",
        OWNED,
    ),
    "returns.v1.EventService.CreateEventGroup": everybody("channel supervisor admin system"),
    "returns.v1.EventService.ListEventGroups": Row(
        ANY, "blind", "blind", "sees", {"channel": ("blind", "blind", "blind")}
    ),
    "returns.v1.EventService.DeleteEventGroup": Row(
        "channel supervisor admin system",
        "hidden",
        "hidden",
        "ok",
        OWNED | {"system": ("hidden", "hidden", "not owner")},
    ),
    "returns.v1.CalendarService.GetCalendar": everybody(ANY),
    "returns.v1.CalendarService.ListCalendars": everybody(ANY),
    "returns.v1.CalendarService.PutCalendar": everybody("admin"),
    "returns.v1.SlaPolicyService.GetSlaPolicy": everybody(ANY),
    "returns.v1.SlaPolicyService.PutSlaPolicy": everybody("admin"),
    # A case of another channel is among those that are not there.
    "returns.v1.SlaPolicyService.Recompute": Row("supervisor admin", "ok", "left out", "ok"),
    "returns.v1.WebhookService.CreateWebhook": everybody("admin"),
    "returns.v1.WebhookService.ListWebhooks": whole("admin auditor"),
    "returns.v1.WebhookService.EnableWebhook": everybody("admin"),
    "returns.v1.WebhookService.DisableWebhook": everybody("admin"),
    "returns.v1.WebhookService.DeleteWebhook": everybody("admin"),
    "returns.v1.WebhookService.ListDeliveries": whole("admin auditor"),
    "returns.v1.WebhookService.Redeliver": everybody("admin"),
    "returns.v1.WebhookService.TestWebhook": everybody("admin"),
    "returns.v1.WebhookService.ConfirmResync": everybody("admin"),
    "returns.v1.WebhookService.UpdateWebhook": everybody("admin"),
    "returns.v1.WebhookService.RotateWebhookSecret": everybody("admin"),
}
