import RCP

/// What a fuzz run did, printed as one table.
struct FuzzReport {
    private(set) var sessions = 0
    private(set) var mutatedFrames = 0
    private(set) var passedHeader = 0
    private(set) var startedCalls = 0
    private(set) var bufferedBytesPeak = 0
    private(set) var heldBytesPeak = 0
    private(set) var hits: [RCPViolation: Int] = [:]

    mutating func sessionBegan() { sessions += 1 }
    mutating func callStarted() { startedCalls += 1 }
    mutating func hit(_ violation: RCPViolation) { hits[violation, default: 0] += 1 }

    mutating func frameMutated(passedHeader passed: Bool) {
        mutatedFrames += 1
        if passed { passedHeader += 1 }
    }

    mutating func buffered(_ bytes: Int, held: Int) {
        bufferedBytesPeak = max(bufferedBytesPeak, bytes)
        heldBytesPeak = max(heldBytesPeak, held)
    }

    var passedHeaderPercent: Double { 100 * Double(passedHeader) / Double(max(mutatedFrames, 1)) }

    func table(_ title: String, rows: [RCPViolation]) -> String {
        var lines = [
            "| \(title) | count |", "|---|---|", "| sessions | \(sessions) |",
            "| mutated frames | \(mutatedFrames) |",
            "| passed the header | \(passedHeader) (\(Int(passedHeaderPercent)) %) |",
            "| calls started or completed | \(startedCalls) |",
            "| buffered bytes, peak | \(bufferedBytesPeak) |", "| held bytes, peak | \(heldBytesPeak) |",
        ]
        for row in rows { lines.append("| \(row.row) \(row) | \(hits[row, default: 0]) |") }
        return lines.joined(separator: "\n")
    }
}
