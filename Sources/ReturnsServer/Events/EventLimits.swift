/// Bounds of what following events may cost a server. Each has a unit in its name.
struct EventLimits: Sendable, Hashable {
    /// Calls of Subscribe and Consume at once; the next one is answered RESOURCE_EXHAUSTED.
    var followersMax = 256
    /// The same, of one principal.
    var followersPerPrincipalMax = 64
    /// Beyond `followersMax`, for administrators alone.
    var administratorFollowersKept = 8
    /// Events that the tail keeps for followers who are nearly caught up; who is further behind reads the log itself.
    var recentEventsMax = 8_192
    var recentBytesMax = 8_388_608
    /// Events of one partition that one look at the log takes.
    var lookEventsMax = 128
    /// Between two looks: the shorter while events come, doubling to the longer while none do.
    var lookMillisecondsMin: Int64 = 10
    var lookMillisecondsMax: Int64 = 100
    /// How often a look also asks whether the log still reaches as far as it did.
    var endCheckMilliseconds: Int64 = 1_000
    /// How often followers are woken without an event, for what goes by time.
    var tickMilliseconds: Int64 = 250
    /// A look that takes longer has failed.
    var redisMillisecondsMax: Int64 = 2_000
    /// When looks have failed for so long, calls end with UNAVAILABLE.
    var outageMillisecondsMax: Int64 = 5_000
    /// Reads of the log by followers who are behind, at once.
    var catchUpReadsMax = 4
    /// Partitions that one of them looks at, and about the events that it takes.
    var catchUpPartitionsMax = 64
    var catchUpEventsMax = 512
    /// Of one reply.
    var replyEventsMax = 256
    var replyBytesMax = 262_144

    /// The same, for a peer that takes no larger message than `bytes`. Events as messages are up to twice as large.
    func replyBytesMax(peer bytes: Int) -> Int { min(replyBytesMax, bytes / 4) }

    /// A cursor that moved past filtered events alone is told no more often.
    var cursorMillisecondsMin: Int64 = 1_000
    /// A reply without events says that the server is there.
    var heartbeatMilliseconds: Int64 = 15_000
    /// Of one consumer.
    var inFlightEventsMax = 1_000
    var inFlightEventsDefault = 100
    /// Of one request.
    var acknowledgedEventsMax = 1_000
    /// How often a consumer's stream looks whether its group is still what it was.
    var groupLookMilliseconds: Int64 = 1_000
    /// Partitions that one read for a consumer looks at.
    var consumePartitionsMax = 16
    /// How often a consumer looks for what others have left unacknowledged: a share of the time they have, not below a second.
    var claimMillisecondsMin: Int64 = 1_000
    var claimsPerAcknowledgeTime: Int64 = 10
    /// Subtracted from the time before which a cursor has seen everything: servers' clocks differ by less.
    var clockMarginMilliseconds: Int64 = 10_000
    /// Words of each kind in a filter.
    var filterWordsMax = 64
    var groupNameBytesMax = 64
    /// Groups that one principal that is not of the desk may have, and those that all of them leave for the desk.
    var groupsPerPrincipalMax = 4
    var groupsOfTheDeskMin = 8
    var consumerNameBytesMax = 64
    var acknowledgeMillisecondsRange: ClosedRange<Int64> = 1_000...3_600_000
    var acknowledgeMillisecondsDefault: Int64 = 60_000
}
