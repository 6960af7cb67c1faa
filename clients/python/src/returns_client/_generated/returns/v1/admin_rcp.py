"""Stubs of the services in returns/v1/admin.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/admin.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.returns.v1 import admin_pb2
from returns_client.calls import Caller, ServerStreamingCall, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class AdminServiceMethods:
    """What returns.v1.AdminService offers, for servers and interceptors."""

    VERIFY_INDEXES = Method(
        "returns.v1.AdminService.VerifyIndexes",
        0x0601,
        Kind.UNARY,
        Idempotency.MUTATION,
        admin_pb2.VerifyIndexesRequest,
        admin_pb2.VerifyIndexesReply,
    )
    VERIFY_MONEY = Method(
        "returns.v1.AdminService.VerifyMoney",
        0x060A,
        Kind.SERVER_STREAMING,
        Idempotency.READ_ONLY,
        admin_pb2.VerifyMoneyRequest,
        admin_pb2.VerifyMoneyReply,
    )
    GET_SERVER_INFO = Method(
        "returns.v1.AdminService.GetServerInfo",
        0x0602,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        admin_pb2.GetServerInfoRequest,
        admin_pb2.GetServerInfoReply,
    )
    CREATE_PRINCIPAL = Method(
        "returns.v1.AdminService.CreatePrincipal",
        0x0603,
        Kind.UNARY,
        Idempotency.MUTATION,
        admin_pb2.CreatePrincipalRequest,
        admin_pb2.CreatePrincipalReply,
    )
    LIST_PRINCIPALS = Method(
        "returns.v1.AdminService.ListPrincipals",
        0x0604,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        admin_pb2.ListPrincipalsRequest,
        admin_pb2.ListPrincipalsReply,
    )
    REVOKE_PRINCIPAL = Method(
        "returns.v1.AdminService.RevokePrincipal",
        0x0605,
        Kind.UNARY,
        Idempotency.MUTATION,
        admin_pb2.RevokePrincipalRequest,
        admin_pb2.RevokePrincipalReply,
    )
    SET_PRINCIPAL_TEAM = Method(
        "returns.v1.AdminService.SetPrincipalTeam",
        0x0607,
        Kind.UNARY,
        Idempotency.MUTATION,
        admin_pb2.SetPrincipalTeamRequest,
        admin_pb2.SetPrincipalTeamReply,
    )
    CONFIRM_RECONCILED = Method(
        "returns.v1.AdminService.ConfirmReconciled",
        0x0609,
        Kind.UNARY,
        Idempotency.MUTATION,
        admin_pb2.ConfirmReconciledRequest,
        admin_pb2.ConfirmReconciledReply,
    )
    SET_PRINCIPAL_CHANNELS = Method(
        "returns.v1.AdminService.SetPrincipalChannels",
        0x0608,
        Kind.UNARY,
        Idempotency.MUTATION,
        admin_pb2.SetPrincipalChannelsRequest,
        admin_pb2.SetPrincipalChannelsReply,
    )
    ADVANCE_TEST_CLOCK = Method(
        "returns.v1.AdminService.AdvanceTestClock",
        0x0606,
        Kind.UNARY,
        Idempotency.MUTATION,
        admin_pb2.AdvanceTestClockRequest,
        admin_pb2.AdvanceTestClockReply,
    )


class AdminServiceStub:
    """The methods of returns.v1.AdminService."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def verify_indexes(
        self, request: admin_pb2.VerifyIndexesRequest, options: CallOptions | None = None
    ) -> UnaryCall[admin_pb2.VerifyIndexesRequest, admin_pb2.VerifyIndexesReply]:
        """VerifyIndexes proves that the indexes and deadlines agree with the cases, and repairs them when
        asked to.
        """
        return self._caller.unary(AdminServiceMethods.VERIFY_INDEXES, request, options)

    def verify_money(
        self, request: admin_pb2.VerifyMoneyRequest, options: CallOptions | None = None
    ) -> ServerStreamingCall[admin_pb2.VerifyMoneyRequest, admin_pb2.VerifyMoneyReply]:
        """VerifyMoney proves for each order of the whole store, and for each payment, that paid = kept +
        refunded + in flight: what the order's ledgers say against what its cases' refunds say, read as they
        were together. It changes nothing, and lets other calls go first. The last message has done.
        """
        return self._caller.server_streaming(AdminServiceMethods.VERIFY_MONEY, request, options)

    def get_server_info(
        self, request: admin_pb2.GetServerInfoRequest, options: CallOptions | None = None
    ) -> UnaryCall[admin_pb2.GetServerInfoRequest, admin_pb2.GetServerInfoReply]:
        """GetServerInfo tells the server's version, store and limits."""
        return self._caller.unary(AdminServiceMethods.GET_SERVER_INFO, request, options)

    def create_principal(
        self, request: admin_pb2.CreatePrincipalRequest, options: CallOptions | None = None
    ) -> UnaryCall[admin_pb2.CreatePrincipalRequest, admin_pb2.CreatePrincipalReply]:
        """CreatePrincipal adds a principal and shows its token, once."""
        return self._caller.unary(AdminServiceMethods.CREATE_PRINCIPAL, request, options)

    def list_principals(
        self, request: admin_pb2.ListPrincipalsRequest, options: CallOptions | None = None
    ) -> UnaryCall[admin_pb2.ListPrincipalsRequest, admin_pb2.ListPrincipalsReply]:
        """ListPrincipals shows every principal that was not revoked, never a token."""
        return self._caller.unary(AdminServiceMethods.LIST_PRINCIPALS, request, options)

    def revoke_principal(
        self, request: admin_pb2.RevokePrincipalRequest, options: CallOptions | None = None
    ) -> UnaryCall[admin_pb2.RevokePrincipalRequest, admin_pb2.RevokePrincipalReply]:
        """RevokePrincipal ends a principal; its open connections end within five seconds."""
        return self._caller.unary(AdminServiceMethods.REVOKE_PRINCIPAL, request, options)

    def set_principal_team(
        self, request: admin_pb2.SetPrincipalTeamRequest, options: CallOptions | None = None
    ) -> UnaryCall[admin_pb2.SetPrincipalTeamRequest, admin_pb2.SetPrincipalTeamReply]:
        """SetPrincipalTeam moves a principal to another team, or to none. What it did and what was assigned to
        it before still counts for the team it was in then.
        """
        return self._caller.unary(AdminServiceMethods.SET_PRINCIPAL_TEAM, request, options)

    def confirm_reconciled(
        self, request: admin_pb2.ConfirmReconciledRequest, options: CallOptions | None = None
    ) -> UnaryCall[admin_pb2.ConfirmReconciledRequest, admin_pb2.ConfirmReconciledReply]:
        """ConfirmReconciled says that finance has compared the refunds with the gateway since changes were
        lost; refunds go on from then.
        """
        return self._caller.unary(AdminServiceMethods.CONFIRM_RECONCILED, request, options)

    def set_principal_channels(
        self, request: admin_pb2.SetPrincipalChannelsRequest, options: CallOptions | None = None
    ) -> UnaryCall[admin_pb2.SetPrincipalChannelsRequest, admin_pb2.SetPrincipalChannelsReply]:
        """SetPrincipalChannels binds a principal to other sale channels, in place of those it had. Its open
        connections know within five seconds; streams that it has open end with UNAVAILABLE, to be opened
        anew.
        """
        return self._caller.unary(AdminServiceMethods.SET_PRINCIPAL_CHANNELS, request, options)

    def advance_test_clock(
        self, request: admin_pb2.AdvanceTestClockRequest, options: CallOptions | None = None
    ) -> UnaryCall[admin_pb2.AdvanceTestClockRequest, admin_pb2.AdvanceTestClockReply]:
        """AdvanceTestClock moves the test clock forward. A server without one refuses."""
        return self._caller.unary(AdminServiceMethods.ADVANCE_TEST_CLOCK, request, options)
