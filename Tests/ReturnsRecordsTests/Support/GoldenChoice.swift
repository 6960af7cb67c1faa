import TestSupport

/// Of very many records, few that hold together whatever any of them holds.
struct GoldenChoice {
    private struct Candidate {
        var name: String
        var bytes: Int
        var holds: Set<String>
        /// Made of those alone that are chosen.
        var record: () throws -> GoldenRecord
    }

    /// What so many candidates hold already makes no other one worth keeping.
    private static let holdersMax = 6
    /// What a file takes beside its record.
    private static let fileBytes = 256

    private var candidates: [Candidate] = []
    private var holders: [String: Int] = [:]

    init() {}

    mutating func add(
        _ name: String, bytes: Int, holds: Set<String>, _ record: @escaping () throws -> GoldenRecord
    ) {
        let holds = holds.union(["name=\(name)"])
        guard holds.contains(where: { holders[$0, default: 0] < Self.holdersMax }) else { return }
        for item in holds { holders[item, default: 0] += 1 }
        candidates.append(
            Candidate(name: name, bytes: bytes + Self.fileBytes, holds: holds, record: record))
    }

    /// The one that brings the most for its size first.
    func chosen() throws -> [(name: String, record: GoldenRecord)] {
        var missing = Set(holders.keys)
        var chosen: [(name: String, record: GoldenRecord)] = []
        func worth(_ candidate: Candidate) -> Double {
            Double(candidate.holds.intersection(missing).count) / Double(candidate.bytes)
        }
        while !missing.isEmpty {
            let worths = candidates.map(worth)
            guard let best = worths.indices.max(by: { worths[$0] < worths[$1] }) else { break }
            missing.subtract(candidates[best].holds)
            let number = chosen.count + 1
            chosen.append(
                (
                    "\(number < 10 ? "0" : "")\(number)-\(candidates[best].name)",
                    try candidates[best].record()
                ))
        }
        return chosen
    }
}
