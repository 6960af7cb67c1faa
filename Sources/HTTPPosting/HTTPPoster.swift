import CCurl
import Foundation
import Synchronization

/// Posts over HTTP, any number at once, on one thread of its own that runs libcurl: names are resolved, connections kept and
/// certificates verified there. The thread begins with the first post, so that who posts nothing has none.
public final class HTTPPoster: Sendable {
    private struct Job {
        var post: HTTPPost
        var continuation: CheckedContinuation<HTTPPostAnswer, Never>
    }

    private struct State {
        var jobs: [Job] = []
        /// libcurl's, while the thread runs.
        var multi: Multi?
        /// From then on nothing is under way any more.
        var end: ContinuousClock.Instant?
        var isOver = false
    }

    /// The one function that other threads call on it is `curl_multi_wakeup`, which is made for that.
    private struct Multi: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private let limits: HTTPPostLimits
    private let authorities: String?
    private let userAgent: String
    private let state = Mutex(State())

    private static let isReady = ccurl_init() == CURLE_OK
    /// How long the thread sleeps when nothing happens.
    private static let pollMilliseconds: Int32 = 500

    /// - Parameter authorities: A PEM file of those that receivers may have their certificates from, besides the system's folder
    ///   of them; the system's alone if nil. It may be replaced: new connections go by the new file, within
    ///   `authoritiesSecondsMax`.
    public init(limits: HTTPPostLimits, authorities: String? = nil, userAgent: String) {
        self.limits = limits
        self.authorities = authorities
        self.userAgent = userAgent
    }

    /// Never fails: what went wrong is the answer.
    public func post(_ post: HTTPPost) async -> HTTPPostAnswer {
        await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard state.end == nil, !state.isOver, Self.isReady, let multi = state.multi ?? start()
                else { return false }
                state.multi = multi
                state.jobs.append(Job(post: post, continuation: continuation))
                curl_multi_wakeup(multi.pointer)
                return true
            }
            if !isTaken { continuation.resume(returning: HTTPPostAnswer(error: .stopped)) }
        }
    }

    /// Takes no more, and ends what is under way after a time.
    public func stop() {
        state.withLock { state in
            guard state.end == nil else { return }
            state.end = .now + .milliseconds(limits.stopMillisecondsMax)
            if let multi = state.multi { curl_multi_wakeup(multi.pointer) }
        }
    }

    private func start() -> Multi? {
        guard let pointer = curl_multi_init() else { return nil }
        let multi = Multi(pointer: pointer)
        let thread = Thread { [self] in run(multi.pointer) }
        thread.name = "posts"
        thread.start()
        return multi
    }

    // MARK: On the thread

    private func run(_ multi: UnsafeMutableRawPointer) {
        // A receiver that closes its connection must not end the process, and libcurl is told to leave signals alone.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var transfers: [UnsafeMutableRawPointer: (HTTPTransfer, CheckedContinuation<HTTPPostAnswer, Never>)] =
            [:]
        var spare: [UnsafeMutableRawPointer] = []
        while true {
            let (jobs, end) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.end)
            }
            for job in jobs {
                guard let handle = spare.popLast() ?? curl_easy_init() else {
                    job.continuation.resume(returning: HTTPPostAnswer(error: .failed))
                    continue
                }
                let transfer = HTTPTransfer(
                    job.post, handle: handle, authorities: authorities, userAgent: userAgent, limits: limits)
                transfers[handle] = (transfer, job.continuation)
                curl_multi_add_handle(multi, handle)
            }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            var result = CURLE_OK
            while let handle = ccurl_next_done(multi, &result) {
                curl_multi_remove_handle(multi, handle)
                guard let (transfer, continuation) = transfers.removeValue(forKey: handle) else { continue }
                continuation.resume(returning: transfer.finish(result))
                spare.append(handle)
            }
            if let end, transfers.isEmpty || ContinuousClock.now >= end { break }
            curl_multi_poll(multi, nil, 0, end == nil ? Self.pollMilliseconds : 50, nil)
        }
        for (handle, (transfer, continuation)) in transfers {
            curl_multi_remove_handle(multi, handle)
            _ = transfer.finish(CURLE_ABORTED_BY_CALLBACK)
            continuation.resume(returning: HTTPPostAnswer(error: .stopped))
            spare.append(handle)
        }
        for handle in spare { curl_easy_cleanup(handle) }
        // Nobody wakes it any more once it is not there.
        let late = state.withLock { state in
            defer { state.jobs = [] }
            state.multi = nil
            state.isOver = true
            return state.jobs
        }
        for job in late { job.continuation.resume(returning: HTTPPostAnswer(error: .stopped)) }
        curl_multi_cleanup(multi)
    }
}

/// One post under way, with the memory that libcurl looks at meanwhile. Used on the poster's thread alone.
private final class HTTPTransfer {
    private let handle: UnsafeMutableRawPointer
    private let headers: UnsafeMutablePointer<curl_slist>?
    private let room: UnsafeMutablePointer<Int>
    private let start = ContinuousClock.now

    /// Redirects are not followed: the address is what somebody has written.
    init(
        _ post: HTTPPost, handle: UnsafeMutableRawPointer, authorities: String?, userAgent: String,
        limits: HTTPPostLimits
    ) {
        self.handle = handle
        headers = post.headers.reduce(nil) { curl_slist_append($0, $1) }
        room = .allocate(capacity: 1)
        room.initialize(to: limits.answerBytesMax)
        // Settings of the post before go, its connection stays.
        curl_easy_reset(handle)
        ccurl_set_text(handle, CURLOPT_URL, post.url)
        ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_text(handle, CURLOPT_USERAGENT, userAgent)
        // The machine itself is not reached through anybody else.
        ccurl_set_text(handle, CURLOPT_NOPROXY, "localhost,127.0.0.0/8,::1")
        if let authorities { ccurl_set_text(handle, CURLOPT_CAINFO, authorities) }
        ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
        post.body.withUnsafeBytes { _ = ccurl_set_body(handle, $0.baseAddress, $0.count) }
        ccurl_set_drop(handle, room)
        // QUICK_EXIT: the end of a post does not wait for a name server that does not answer; all posts would wait with it.
        for (option, value) in [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_QUICK_EXIT, 1), (CURLOPT_POST, 1), (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
            (CURLOPT_CA_CACHE_TIMEOUT, limits.authoritiesSecondsMax),
            (CURLOPT_CONNECTTIMEOUT_MS, limits.connectMillisecondsMax),
            (CURLOPT_TIMEOUT_MS, limits.answerMillisecondsMax),
        ] { ccurl_set_long(handle, option, value) }
    }

    func finish(_ result: CURLcode) -> HTTPPostAnswer {
        defer {
            curl_slist_free_all(headers)
            room.deallocate()
        }
        let duration = Int64((ContinuousClock.now - start) / .milliseconds(1))
        // An answer that was cut off for its length is one.
        guard result == CURLE_OK || result == CURLE_WRITE_ERROR else {
            return HTTPPostAnswer(error: Self.error(result), durationMilliseconds: duration)
        }
        let seconds = min(max(0, ccurl_retry_after(handle)), 86_400)
        return HTTPPostAnswer(
            status: ccurl_status(handle), retryAfterMilliseconds: seconds * 1_000,
            durationMilliseconds: duration)
    }

    private static func error(_ result: CURLcode) -> HTTPPostError {
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_COULDNT_CONNECT: .connect
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE:
            .tls
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE: .closed
        default: .failed
        }
    }
}
