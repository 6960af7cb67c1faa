"""The way of a case from its submission to its end, drawn at random: the calls that take it there."""

import dataclasses
import hashlib

from returns_client import returns_v1 as v1

UNIT_PRICE, UNITS = 450, 2


@dataclasses.dataclass
class Step:
    """A change of a case: what it adds to the story, who makes it, and the call."""

    kind: str
    stub: str
    request: object
    who: str = "admin"
    # By how much it raises what is committed to refunds, and what is paid.
    committed: int = 0
    paid: int = 0


def paper(type, name):
    return v1.Document(type=type, reference=name, sha256=hashlib.sha256(name.encode()).digest())


def story(draw, case_id):
    """The steps of a case from its submission on, drawn at random; every one is allowed where it stands."""
    target = v1.CaseTarget(case_id=case_id)
    review = {"target": target, "kind": v1.CLOCK_KIND_REVIEW, "reason": "busy"}
    rejection = {"target": target, "code": "late", "reason": "too late", "alternative": "a voucher"}
    path = []

    def add(kind, stub, request, **options):
        path.append(Step(kind, stub, request, **options))

    if draw.random() < 0.3:
        add("info_requested", "request_info", v1.RequestInfoRequest(target=target, question="which?"))
        add("info_provided", "provide_info", v1.ProvideInfoRequest(target=target, answer="blue"))
    if draw.random() < 0.3:
        add("clock_paused", "pause_clock", v1.PauseClockRequest(**review))
        add("clock_resumed", "resume_clock", v1.ResumeClockRequest(**review))
    if draw.random() < 0.2:
        add("clock_extended", "extend_clock", v1.ExtendClockRequest(**review, by_ms=60_000))
    if draw.random() < 0.1:
        add("cancelled", "cancel_case", v1.CancelCaseRequest(target=target, reason="keeps it"))
        return path
    add(
        "verified",
        "verify_case",
        v1.VerifyCaseRequest(target=target, customer_verified=True, order_verified=True),
    )
    if draw.random() < 0.1:
        add("rejected", "reject_case", v1.RejectCaseRequest(**rejection), who="service")
        add("customer_told", "tell_customer", v1.TellCustomerRequest(target=target, channel="email"))
        add("appealed", "appeal_case", v1.AppealCaseRequest(target=target, reason="it was not late"))
    add("approved", "approve_case", v1.ApproveCaseRequest(target=target, return_address="Dock 4"))
    add("customer_told", "tell_customer", v1.TellCustomerRequest(target=target, channel="email"))
    add(
        "shipped",
        "ship_case",
        v1.ShipCaseRequest(
            target=target,
            carrier="DHL",
            tracking_no=case_id,
            waybill=paper(v1.DOCUMENT_TYPE_WAYBILL, f"w-{case_id}"),
        ),
    )
    for at in range(draw.randrange(3)):
        event = v1.TrackingEvent(at_ms=1_790_000_000_000 + at, status=f"depot {at}")
        add(
            "tracked",
            "track_shipment",
            v1.TrackShipmentRequest(target=target, tracking_no=case_id, event=event),
        )
    lines = [v1.LineUnits(line_id="1", units=UNITS)]
    add("received", "receive_goods", v1.ReceiveGoodsRequest(target=target, lines=lines), who="warehouse")
    accepted = v1.LineInspection(
        line_id="1",
        appearance_ok=True,
        quantity_ok=True,
        packaging_ok=True,
        unused_ok=True,
        accepted_units=UNITS,
    )
    report = paper(v1.DOCUMENT_TYPE_INSPECTION_REPORT, f"i-{case_id}")
    add(
        "inspected",
        "inspect_goods",
        v1.InspectGoodsRequest(target=target, lines=[accepted], report=report),
        who="warehouse",
    )
    for refund in (1, 2):
        _refund(draw, add, target, f"{case_id}-{refund}")
    add("customer_told", "tell_customer", v1.TellCustomerRequest(target=target, channel="sms"))
    add("followed_up", "record_follow_up", v1.RecordFollowUpRequest(target=target, reached=True, score=4))
    add("closed", "close_case", v1.CloseCaseRequest(target=target))
    for _ in range(draw.randrange(3)):
        note = v1.AddNoteRequest(target=target, text=f"note {draw.randrange(1_000)}")
        path.insert(draw.randrange(len(path)), Step("noted", "add_note", note))
    if draw.random() < 0.3:
        document = paper(v1.DOCUMENT_TYPE_OTHER, f"d-{case_id}")
        request = v1.AttachDocumentRequest(target=target, document=document)
        path.insert(draw.randrange(len(path)), Step("document_attached", "attach_document", request))
    return path


def _refund(draw, add, target, refund_id):
    """Half of what is owed; some refunds fail at first."""
    start = v1.RefundCaseRequest(target=target, refund_id=refund_id, amount_minor=UNIT_PRICE)

    def result(status, **fields):
        return v1.RecordRefundRequest(target=target, refund_id=refund_id, status=status, **fields)

    add("refund_started", "refund_case", start, committed=UNIT_PRICE)
    if draw.random() < 0.3:
        failed = result(v1.REFUND_STATUS_FAILED, failure_reason="declined")
        add("refund_failed", "record_refund", failed)
        add("refund_started", "refund_case", start)
    voucher = paper(v1.DOCUMENT_TYPE_REFUND_VOUCHER, f"v-{refund_id}")
    succeeded = result(v1.REFUND_STATUS_SUCCEEDED, voucher=f"V-{refund_id}", voucher_document=voucher)
    add("refund_succeeded", "record_refund", succeeded, paid=UNIT_PRICE)
