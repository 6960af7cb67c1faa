/// How one case ended: a row of the report.
struct ConformanceResult: Encodable, Equatable, Sendable {
    enum Outcome: String, Encodable, CaseIterable, Sendable {
        case passed
        case failed
    }

    var name: ConformanceCase
    var outcome: Outcome
    var milliseconds: Int64
    /// What was measured, or what was expected and what came.
    var note: String

    /// The words of the table's headings, as far as they are words.
    private enum CodingKeys: String, CodingKey {
        case name = "case"
        case outcome = "result"
        case milliseconds
        case note
    }
}
