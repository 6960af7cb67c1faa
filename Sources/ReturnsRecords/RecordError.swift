import ReturnsDomain

/// A stored record cannot be decided on.
package struct RecordError: Error, Hashable {
    /// In words without personal data.
    package var what: String
    /// It holds what this build does not know: a newer one wrote it. Otherwise it is damaged.
    package var isNewer: Bool

    package init(what: String, isNewer: Bool = false) {
        self.what = what
        self.isNewer = isNewer
    }

    /// What a request is refused for is damage in a record, but for a value that this build does not know.
    init(_ rejection: CaseRejection) {
        self.init(what: rejection.text, isNewer: rejection.code == "VALUE_UNKNOWN")
    }

    package static func newer(_ what: String) -> RecordError { RecordError(what: what, isNewer: true) }

    static let noMessage = RecordError(what: "it is no message")
    static let unknownField = RecordError.newer("a field is unknown")
}
