"""What is replaced as a whole, and keeps its versions: the return policy,
the SLA policy and the standard calendar."""

from returns_client.returns_v1 import (
    SPECIAL_DAY_KIND_HOLIDAY,
    CalendarServiceStub,
    GetCalendarRequest,
    GetPolicyRequest,
    GetSlaPolicyRequest,
    PolicyServiceStub,
    PutCalendarRequest,
    PutPolicyRequest,
    PutSlaPolicyRequest,
    SlaPolicyServiceStub,
    SpecialDay,
)


class ReturnPolicy:
    def __init__(self, client):
        stub = PolicyServiceStub(client)
        self._get, self.put = stub.get_policy, stub.put_policy

    async def read(self):
        """The current version's number, and what it says."""
        found = await self._get(GetPolicyRequest())
        return found.current_version, found.policy

    @staticmethod
    def change(policy, number):
        """Makes another of it; of each number a different one."""
        policy.instructions = f"instructions {number}"

    @staticmethod
    def request(policy, replaces):
        """What `put` is called with."""
        return PutPolicyRequest(policy=policy, replaces_version=replaces)


class SlaPolicy:
    def __init__(self, client):
        stub = SlaPolicyServiceStub(client)
        self._get, self.put = stub.get_sla_policy, stub.put_sla_policy

    async def read(self):
        found = await self._get(GetSlaPolicyRequest())
        return found.current_version, found.policy

    @staticmethod
    def change(policy, number):
        policy.plans[-1].name = f"plan-{number}"

    @staticmethod
    def request(policy, replaces):
        return PutSlaPolicyRequest(policy=policy, replaces_version=replaces)


class Calendar:
    def __init__(self, client):
        stub = CalendarServiceStub(client)
        self._get, self.put = stub.get_calendar, stub.put_calendar

    async def read(self):
        found = await self._get(GetCalendarRequest(name="standard"))
        return found.current_version, found.calendar

    @staticmethod
    def change(calendar, number):
        del calendar.special_days[:]
        day = SpecialDay(date="2031-05-01", kind=SPECIAL_DAY_KIND_HOLIDAY, title=f"day {number}")
        calendar.special_days.append(day)

    @staticmethod
    def request(calendar, replaces):
        return PutCalendarRequest(calendar=calendar, replaces_version=replaces)
