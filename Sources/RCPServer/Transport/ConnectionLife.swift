import RCP

/// How long a connection may last, and how long a frame may take; decides, and leaves doing to its owner.
///
/// A value without a clock: times are nanoseconds on any one monotonic scale.
struct ConnectionLife {
    enum Change: Equatable {
        /// Take no new calls and let the open ones end.
        case drain(String)
        /// The grace of a drain is over.
        case end
        /// The frame under way comes too slowly (SPEC.md M65).
        case frameLate
    }

    private let idleNanoseconds: UInt64
    private let graceNanoseconds: UInt64
    private let frameNanoseconds: UInt64
    private let frameBytesPerSecond: UInt64

    private let drainsAt: UInt64
    private var endsAt: UInt64?
    private var idleSince: UInt64
    private var callsBegun: UInt32 = 0
    private var frames: UInt64 = 0
    /// When the frame that is under way was first seen.
    private var frameSince: UInt64?

    /// - Parameter jitter: by which the age differs, so that connections made together do not end together: 0.9 to 1.1.
    init(
        limits: RCPTransportLimits, frame: RCPLimits, now: UInt64,
        jitter: Double = Double.random(in: 0.9...1.1)
    ) {
        idleNanoseconds = UInt64(limits.connectionIdleMillisecondsMax) * 1_000_000
        graceNanoseconds = UInt64(limits.connectionGraceMilliseconds) * 1_000_000
        frameNanoseconds = UInt64(frame.frameMillisecondsMax) * 1_000_000
        frameBytesPerSecond = UInt64(frame.frameBytesPerSecondMin)
        drainsAt = now + UInt64(Double(limits.connectionAgeMillisecondsMax) * 1_000_000 * jitter)
        idleSince = now
    }

    /// Called at every sweep.
    ///
    /// - Parameters:
    ///   - callsBegun: the highest stream so far.
    ///   - frames: decoded so far.
    ///   - frameBytes: what has come of the next frame; 0 while the server itself does not read.
    mutating func look(
        now: UInt64, openCalls: Int, callsBegun: UInt32, frames: UInt64, frameBytes: Int
    ) -> Change? {
        if isFrameLate(now, frames, frameBytes) { return .frameLate }
        if openCalls > 0 || callsBegun != self.callsBegun { idleSince = now }
        self.callsBegun = callsBegun
        if let endsAt { return now >= endsAt ? .end : nil }
        let reason: String
        if now >= drainsAt {
            reason = "this connection is old; go on with a new one"
        } else if now - idleSince >= idleNanoseconds {
            reason = "this connection has had no call for long"
        } else {
            return nil
        }
        endsAt = now + graceNanoseconds
        return .drain(reason)
    }

    /// - Returns: false if the connection drains already.
    mutating func drainRequested(now: UInt64) -> Bool {
        guard endsAt == nil else { return false }
        endsAt = now + graceNanoseconds
        return true
    }

    private mutating func isFrameLate(_ now: UInt64, _ frames: UInt64, _ frameBytes: Int) -> Bool {
        guard frameBytes > 0, frames == self.frames, let since = frameSince else {
            self.frames = frames
            frameSince = frameBytes > 0 ? now : nil
            return false
        }
        let allowed = frameNanoseconds + UInt64(frameBytes) * 1_000_000_000 / frameBytesPerSecond
        return now - since > allowed
    }
}
