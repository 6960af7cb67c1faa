import RCP

/// What a case expected, and what came instead.
struct ConformanceFailure: Error, Equatable {
    var expected: String
    var got: String

    var text: String { "expected \(expected), got \(got)" }
}

extension ConformanceFailure {
    /// What a failed case has to say for itself.
    static func note(_ error: any Error) -> String {
        switch error {
        case let failure as ConformanceFailure: failure.text
        case let status as RCPStatus: ConformanceFailure(expected: "OK", got: words(status)).text
        default: ConformanceFailure(expected: "OK", got: "\(error)").text
        }
    }

    /// `CANCELLED "the call was cancelled"`
    static func words(_ status: RCPStatus) -> String { words(status.code, status.text) }

    fileprivate static func words(_ code: RCPStatusCode, _ text: String?) -> String {
        // Quoted, so that blanks and control characters show.
        if let text, !text.isEmpty { "\(code.name) \(String(reflecting: text))" } else { code.name }
    }
}

/// - Parameter what: what has the value, in words that fit before it.
func expect<Value: Equatable>(
    _ what: String, _ got: Value?, is expected: Value
) throws(ConformanceFailure) {
    guard got != expected else { return }
    throw ConformanceFailure(
        expected: "\(what) \(String(reflecting: expected))",
        got: got.map { String(reflecting: $0) } ?? "none")
}

/// - Parameter text: byte for byte, where it counts.
func expect(
    _ code: RCPStatusCode, text: String? = nil, from call: () async throws -> Void
) async throws {
    do {
        try await call()
    } catch let status as RCPStatus {
        // Strings are equal already when they only look the same.
        let isSameText = text.map { $0.utf8.elementsEqual(status.text.utf8) } ?? true
        guard status.code == code, isSameText else {
            throw ConformanceFailure(
                expected: ConformanceFailure.words(code, text), got: ConformanceFailure.words(status))
        }
        return
    }
    throw ConformanceFailure(expected: ConformanceFailure.words(code, text), got: "OK")
}
