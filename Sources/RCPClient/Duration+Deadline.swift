import NIOCore

extension Duration {
    /// Rounded down, and at most what leaves room for sums.
    var wholeMilliseconds: Int64 { TimeAmount(self).nanoseconds / 1_000_000 }
}

extension NIODeadline {
    /// The end of a time that begins now; without one there is no end.
    static func after(_ time: Duration?) -> NIODeadline {
        time.map { .now() + TimeAmount($0) } ?? .distantFuture
    }

    /// What the wire says of the time left: milliseconds, rounded up, and 0 for no limit (SPEC.md §6.1).
    func timeoutMilliseconds(at now: NIODeadline) -> UInt32 {
        if self == .distantFuture { return 0 }
        // A call with less than a millisecond left still must not say "no limit".
        return UInt32(clamping: max(1, ((self - now).nanoseconds + 999_999) / 1_000_000))
    }
}
