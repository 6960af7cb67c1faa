import NIOCore
import RedisClient
import ReturnsDomain

/// Some entries of a case's timeline, in the order asked for.
public struct TimelinePage: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        /// From 1 on.
        public var number: Int
        /// A `returns.v1.TimelineEntry` with all its groups; its bytes are whole.
        package var message: ByteBuffer
    }

    public var items: [Item] = []
    /// The numbers of damaged entries among these.
    public var unreadable: [Int] = []
    /// How many entries there are.
    public var total = 0
    /// The number that comes next; nil at the end.
    public var next: Int?
}

extension ReturnsStore {
    /// A page holds at most this many entries.
    public static let timelinePageEntriesMax = 1_000
    /// And about this many bytes of them.
    public static let timelinePageBytesMax = 512 << 10
    /// One read asks for no more than this, so that other calls come between the reads.
    private static let timelineReadMax = 64

    /// Reads a timeline from either end. Entries are only ever added, so a page goes on behind a number.
    ///
    /// - Parameters:
    ///   - from: The number to begin with; nil means at the end that the direction has.
    ///   - replyBytesMax: What the reader takes as one message, in which the case stands too.
    public func timeline(
        _ id: CaseID, from: Int? = nil, newestFirst: Bool = false, limit: Int = timelinePageEntriesMax,
        replyBytesMax: Int = .max, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> TimelinePage {
        precondition((1...Self.timelinePageEntriesMax).contains(limit), "a page holds 1 to 1,000 entries")
        var page = TimelinePage()
        guard let keys = keys(id) else { return page }
        let key = keys.timeline(id)
        let length: RedisValue
        do throws(StoreError) {
            length = try await send(RedisCommand("LLEN", .text(key)), key: key, deadline: deadline)
        } catch {
            throw error.met(by: id)
        }
        page.total = Int(length.integer ?? 0)
        if page.total == 0 { try await confirmRun(deadline: deadline) }
        var number = newestFirst ? min(from ?? page.total, page.total) : max(from ?? 1, 1)
        let bytesMax = min(Self.timelinePageBytesMax, replyBytesMax / 4)
        var bytes = 0
        var count = 0
        while number >= 1, number <= page.total, count < limit, bytes < bytesMax {
            let size = min(
                Self.timelineReadMax, limit - count, newestFirst ? number : page.total - number + 1)
            let first = newestFirst ? number - size + 1 : number
            let reply = try await send(
                RedisCommand(
                    "LRANGE", .text(key), .integer(Int64(first - 1)), .integer(Int64(first + size - 2))),
                key: key, deadline: deadline)
            guard let values = reply.array, values.count == size else {
                throw StoreError(.corrupt, "timeline of \(id): entries are missing").of(id)
            }
            for offset in newestFirst ? Array((0..<size).reversed()) : Array(0..<size) where bytes < bytesMax
            {
                bytes += values[offset].bytes?.readableBytes ?? 0
                page.add(values[offset], number: first + offset)
                count += 1
                number += newestFirst ? -1 : 1
            }
        }
        page.next = (1...max(1, page.total)).contains(number) && page.total > 0 ? number : nil
        return page
    }
}

extension TimelinePage {
    /// An entry that is damaged hides no other.
    fileprivate mutating func add(_ value: RedisValue, number: Int) {
        do throws(StoreError) {
            items.append(
                Item(number: number, message: try ReturnsStore.checkedContents(value, "timeline entry")))
        } catch {
            unreadable.append(number)
        }
    }
}
