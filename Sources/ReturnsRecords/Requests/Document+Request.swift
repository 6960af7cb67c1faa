import ReturnsAPI
import ReturnsDomain

extension Document {
    /// As a request gives it. Nil when the field is absent.
    package init?(_ message: Returns_V1_Document, isPresent: Bool) {
        guard isPresent else { return nil }
        self.init(message, type: .other)
    }

    /// As a request gives it.
    package init(_ message: Returns_V1_Document, type: DocumentType) {
        self.init(
            type: type, reference: message.reference, sha256: Array(message.sha256),
            addedAt: Instant(milliseconds: 0), addedBy: "", refundID: message.refundID)
    }
}
