import NIOCore

/// The client's first eight bytes, and what else may stand in their place (SPEC.md §2).
public enum RCPPreface {
    /// The preface, byte by byte.
    public static let bytes: [UInt8] = [0x89, 0x52, 0x43, 0x50, 0x0D, 0x0A, 0x1A, 0x01]

    static let httpMethods = [
        "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ",
        "PRI * HTTP/2",
    ]

    /// Consumes the preface.
    ///
    /// The answer is given at the first byte that decides it, so nobody can hold a connection open with one
    /// byte that was never going to be a preface.
    /// - Returns: false if more bytes are needed.
    static func read(from buffer: inout ByteBuffer) throws(RCPViolation) -> Bool {
        let received = buffer.readableBytesView.prefix(bytes.count)
        if received.elementsEqual(bytes) {
            buffer.moveReaderIndex(forwardBy: bytes.count)
            return true
        }
        if received.elementsEqual(bytes.prefix(received.count)) { return false }
        if received.count == bytes.count, received.dropLast().elementsEqual(bytes.dropLast()) {
            throw .prefaceVersion
        }
        if try isHTTPRequest(buffer) { throw .httpRequest }
        if received.first == 0x16 {
            guard received.count > 1 else { return false }
            if received.dropFirst().first == 0x03 { throw .tlsClientHello }
            throw .prefaceUnknown
        }
        return false
    }

    /// - Returns: false while the bytes may still become an HTTP request or a TLS record.
    private static func isHTTPRequest(_ buffer: ByteBuffer) throws(RCPViolation) -> Bool {
        let received = buffer.readableBytesView
        var mayBecome = received.first == 0x16
        for method in httpMethods {
            let wanted = method.utf8
            if received.starts(with: wanted) { return true }
            if wanted.starts(with: received) { mayBecome = true }
        }
        guard mayBecome else { throw .prefaceUnknown }
        return false
    }

    /// The whole answer to an HTTP client: one response, whose body is one line.
    public static let httpReply: String = {
        let body = "This port speaks RCP/1, not HTTP. Use a client of RCP/1.\n"
        return """
            HTTP/1.1 400 Bad Request\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """
    }()
}
