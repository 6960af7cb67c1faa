"""Every step of the state machine as a command line that is well-formed, whatever
the case: for trying what is not allowed."""


class Step:
    """A verb of returnsctl, somebody whose role may take it, and what it asks for."""

    def __init__(self, who, verb, *arguments):
        self.who = who
        self.verb = verb
        self.arguments = arguments


# The standard policy has no return address, so each approval gives one.
ADDRESS = ("--return-address", "Dock 4")
PARCEL = ("--carrier", "DHL", "--tracking-no", "X-9")

# By the names that `case allowed` gives: every command, but for those of NEVER_FORBIDDEN.
STEPS = {
    "verify": Step("service-2", "verify"),
    "request_info": Step("service-2", "request-info", "--question", "Which one?"),
    "provide_info": Step("service-2", "provide-info", "--answer", "The blue one."),
    "approve": Step("service-2", "approve", *ADDRESS),
    "reject": Step(
        "service-2", "reject", "--code", "out_of_window", "--reason", "too late", "--alternative", "a voucher"
    ),
    "appeal": Step("channel", "appeal", "--reason", "it was not late"),
    "accept_alternative": Step("service-2", "accept-alternative"),
    "schedule_pickup": Step(
        "logistics", "pickup schedule", "--from", "+24h", "--until", "+26h", "--address", "1 High Street"
    ),
    "record_pickup": Step("logistics", "pickup result", "missed", "--reason", "nobody was there"),
    "ship": Step("logistics", "ship", *PARCEL),
    "track": Step("logistics", "track", "--status", "at the depot"),
    "report_exception": Step("logistics", "exception", "lost", "--reason", "not seen for a week"),
    "found": Step("logistics", "found"),
    "inspect": Step("warehouse", "inspect", "--line", "1:accept=1"),
    "agree_exchange": Step("service-2", "agree-exchange", "--line", "1=1"),
    "cancel_exchange": Step("service-2", "cancel-exchange", "--exchange", "1", "--reason", "sold out"),
    "correct_receipt": Step("warehouse", "correct-receipt", "--line", "1=0", "--reason", "did not come"),
    "correct_inspection": Step(
        "warehouse", "correct-inspection", "--line", "1:accept=0,refuse=0", "--reason", "mixed up"
    ),
    "tell": Step("service-2", "told", "--channel", "email"),
    "resolve": Step("supervisor", "resolve", "--line", "1=concede:1", "--reason", "goodwill"),
    "grant_returnless": Step("supervisor", "returnless", "--reason", "not worth the postage"),
    "refund": Step("finance", "refund", "--amount", "0.01"),
    "record_refund": Step(
        "finance", "refund-result", "failed", "--reason", "declined", "--refund-id", "{id}-1"
    ),
    "abandon_refund": Step("finance", "abandon", "--confirmation", "dead", "--refund-id", "{id}-1"),
    "confirm_refund": Step("finance", "confirm-refund", "--refund-id", "{id}-1"),
    "record_returned_refund": Step(
        "finance", "refund-returned", "--reason", "account closed", "--refund-id", "{id}-1"
    ),
    "deduct": Step(
        "supervisor", "deduct", "--line", "1", "--amount", "0.01", "--code", "damage", "--reason", "scratched"
    ),
    "take_back_deduction": Step("supervisor", "take-back-deduction", "--line", "1", "--reason", "in error"),
    "concede_amount": Step(
        "supervisor", "concede", "--line", "1=1", "--amount", "0.01", "--reason", "keeps it"
    ),
    "ship_back": Step("warehouse", "ship-back", *PARCEL),
    "exchange": Step("warehouse", "exchange", *PARCEL),
    "withdraw": Step("channel", "withdraw", "--reason", "wants to keep it"),
    "follow_up": Step("service-2", "follow-up", "--reached"),
    "close": Step("service-2", "close"),
    "cancel": Step("channel", "cancel", "--reason", "wants to keep it"),
    "reopen": Step("supervisor", "reopen", "--reason", "once more"),
}

# A note, a document, an assignment and a receipt are always allowed; a submission belongs to no case; what
# may be done to a clock is that clock's own affair; the system's own commands have no verb.
NEVER_FORBIDDEN = {
    *("note", "attach_document", "assign", "receive"),
    "submit",
    *("pause_clock", "resume_clock", "extend_clock"),
    *("sweep", "recompute"),
}
