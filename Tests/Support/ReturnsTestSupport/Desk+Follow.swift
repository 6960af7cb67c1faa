import ReturnsDomain

extension Desk {
    /// Takes the steps that a text names, each with good contents: `"verify approve tell ship receive inspect:1"`.
    ///
    /// `:n` takes the nth of the kind's moves; `wait:8d` and `wait:3h` let time pass.
    public mutating func follow(_ path: String) throws {
        for word in path.split(separator: " ") {
            let parts = word.split(separator: ":").map(String.init)
            if parts[0] == "wait" {
                let unit = parts[1].hasSuffix("d") ? Milliseconds.day : Milliseconds.hour
                now = now.adding(Int64(parts[1].dropLast())! * unit)
                continue
            }
            guard let kind = CommandKind(name: parts[0]) else {
                throw Surprise(description: "the path names \(parts[0]), which is no command")
            }
            if kind == .submit {
                try submit()
                continue
            }
            let moves = WellFormed.moves(kind, value, now: now.adding(Milliseconds.minute))
            let move = moves[parts.count > 1 ? Int(parts[1])! : 0]
            try run(move.command, as: move.actor)
        }
    }
}
