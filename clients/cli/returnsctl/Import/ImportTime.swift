extension TimeFormat {
    /// A time of an import's line. One that no clock shows is refused: nobody is there to be told which other it is taken for, and
    /// a line that holds one was written in another zone.
    ///
    /// - Parameter example: How one is written.
    func read(
        _ text: String, _ field: String, example: String
    ) throws(ImportRefusal) -> Int64 {
        guard let milliseconds = parse(text) else {
            throw ImportRefusal("TIME_MALFORMED", field, "'\(text)' is no time: write \(example)")
        }
        guard !skips(text) else {
            throw ImportRefusal(
                "TIME_SKIPPED", field,
                "'\(text)' is no time in \(zone.identifier): clocks go forward over it; write it with its offset, such as \(example)+01:00, or name the zone that it was read in"
            )
        }
        return milliseconds
    }
}
