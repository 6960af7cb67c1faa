/// A request for one page of a list, as `protoc-gen-rcp-swift` finds it by its fields.
public protocol RCPPageRequest: Sendable {
    /// How many items the page has at most; 0 leaves it to the server. What is above the server's own limit counts as that.
    var limit: UInt32 { get set }
    /// Where the page begins: as the page before gave it, or empty.
    var cursor: String { get set }
}

/// One page of a list.
public protocol RCPPageReply: Sendable {
    /// Where the list goes on; empty at its end. A page can be short, and even empty, and have more behind it.
    var nextCursor: String { get }
}

/// All pages of a list, from a request's cursor on: each is asked for when the one before was taken.
///
///     for try await page in RCPPages(request, of: library.listLoans) { … }
///
/// What a list promises while its items change stands with its method. Ends with the `RCPStatus` of a call that fails.
public struct RCPPages<Request: RCPPageRequest, Reply: RCPPageReply>: AsyncSequence, Sendable {
    /// Asks for one page: a method of a client.
    public typealias Call = @Sendable (Request, RCPCallOptions) async throws -> RCPReply<Reply>

    private let request: Request
    private let options: RCPCallOptions
    private let call: Call

    /// - Parameter options: of each call: a timeout counts for one page.
    public init(_ request: Request, options: RCPCallOptions = RCPCallOptions(), of call: @escaping Call) {
        self.request = request
        self.options = options
        self.call = call
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(request: request, options: options, call: call)
    }

    /// Reads one page after the other.
    public struct Iterator: AsyncIteratorProtocol {
        /// Nil behind the last page.
        private var request: Request?
        private let options: RCPCallOptions
        private let call: Call

        init(request: Request, options: RCPCallOptions, call: @escaping Call) {
            self.request = request
            self.options = options
            self.call = call
        }

        public mutating func next() async throws -> Reply? {
            guard let request else { return nil }
            let page = try await call(request, options).message
            if page.nextCursor.isEmpty {
                self.request = nil
            } else {
                self.request?.cursor = page.nextCursor
            }
            return page
        }
    }
}
