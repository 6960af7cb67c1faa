import HTTPPosting

/// Bounds of what webhooks may cost a server. Each has a unit in its name.
struct WebhookLimits: Sendable, Hashable {
    var nameBytesMax = 64
    var urlBytesMax = 2_048
    /// Posts of one webhook at once, each of another partition.
    var postsMax = 8
    /// Deliveries that were asked for, of all webhooks, at once; the others wait.
    var askedPostsMax = 16
    /// Of one post.
    var post = HTTPPostLimits()
    /// How often each server looks for webhooks that nobody delivers for.
    var scanMilliseconds: Int64 = 500
    var consumer = ConsumerLimits()
    /// Between two looks at how far behind webhooks are, for metrics.
    var measureMilliseconds: Int64 = 1_000
    /// How much may be used of what the log holds for a webhook before that is said, and said again; shares of 1.
    var heldShareWarned = 0.5
    var heldShareUrgent = 0.8
    /// Between two attempts of an event: the shorter after the first, doubling to the longer, with jitter; also the most that a
    /// receiver's Retry-After counts for.
    var retryMillisecondsMin: Int64 = 100
    var retryMillisecondsMax: Int64 = 300_000
    /// A success after so many failures in a row ends an outage: nobody waits for the end of its backoff then.
    var outageFailuresMin: Int64 = 10
    /// Failures in a row before a webhook may be disabled.
    var giveUpFailuresMin: Int64 = 5
    var giveUpMillisecondsRange: ClosedRange<Int64> = 1_000...2_592_000_000
    var giveUpMillisecondsDefault: Int64 = 86_400_000
    /// For how long the secret before a rotation still counts.
    var overlapMillisecondsMax: Int64 = 2_592_000_000
    var overlapMillisecondsDefault: Int64 = 86_400_000
    var attemptsMaxRange: ClosedRange<UInt32> = 1...1_000
    var attemptsMaxDefault = 20
    /// Of a change that others get in the way of.
    var changeAttemptsMax = 5
}
