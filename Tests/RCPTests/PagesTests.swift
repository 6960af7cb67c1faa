import RCP
import Synchronization
import Testing

/// All pages of a list, as a client reads them.
@Suite struct PagesTests {
    private struct Request: RCPPageRequest {
        var limit: UInt32 = 0
        var cursor = ""
        var filter = ""
    }

    private struct Reply: RCPPageReply, Equatable {
        var items: [Int]
        var nextCursor: String
    }

    @Test func eachPageIsAskedForWhenTheOneBeforeWasTaken() async throws {
        let asked = Mutex<[String]>([])
        // An empty page can have more behind it.
        let pages = ["": Reply(items: [1, 2], nextCursor: "b"), "b": Reply(items: [], nextCursor: "c")]
        let list = RCPPages(Request(limit: 2, filter: "red")) { (request: Request, _) in
            asked.withLock { $0.append("\(request.cursor) \(request.limit) \(request.filter)") }
            return RCPReply(pages[request.cursor] ?? Reply(items: [3], nextCursor: ""))
        }
        var iterator = list.makeAsyncIterator()
        #expect(try await iterator.next()?.items == [1, 2])
        #expect(asked.withLock { $0 } == [" 2 red"])
        #expect(try await iterator.next()?.items == [])
        #expect(try await iterator.next()?.items == [3])
        #expect(try await iterator.next() == nil)
        #expect(try await iterator.next() == nil)
        #expect(asked.withLock { $0 } == [" 2 red", "b 2 red", "c 2 red"])
    }

    @Test func aFailureEndsTheList() async throws {
        let list = RCPPages(Request(cursor: "here")) { (request: Request, _) -> RCPReply<Reply> in
            throw RCPStatus(code: .notFound, text: request.cursor)
        }
        await #expect(throws: RCPStatus.self) { for try await _ in list {} }
    }
}
