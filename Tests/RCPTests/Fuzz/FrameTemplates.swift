import NIOCore
import RCP

/// Valid frames to start from, with the stream still to be set.
struct FrameTemplates: Sendable {
    let hello: ByteBuffer
    let helloWithoutFeatures: ByteBuffer
    let helloAck: ByteBuffer
    /// What a client may send in an open connection, the commoner the more often.
    let fromClient: [ByteBuffer]
    /// What a server may send in an open connection.
    let fromServer: [ByteBuffer]

    init() {
        hello = Self.frame { RCPFrameWriter.write(Fixture.hello(features: .implemented), into: &$0) }
        var plain = Fixture.hello()
        plain.features = []
        helloWithoutFeatures = Self.frame { [plain] in RCPFrameWriter.write(plain, into: &$0) }
        helloAck = Self.frame {
            RCPFrameWriter.write(Fixture.helloAck(features: .implemented), into: &$0)
        }

        var metadata = RCPMetadata(texts: ["on-behalf-of": "lena"])
        metadata.append(key: "trace-bin", bytes: [1, 2, 3])
        var many = RCPMetadata()
        for _ in 0..<64 { many.append(key: "k", text: "v") }
        let string = ByteBuffer(bytes: [0x0A, 0x05] + Array("hello".utf8))
        let mutation = Self.request(Fixture.mutation, string, metadata: [])
        let first = Self.fragment(.request, string, total: 30)
        let large = Self.fragment(.request, string, total: 131_072)
        let middle = Self.message([.more, .hasMessage], bytes: 13)
        let last = Self.message([.end, .hasMessage], bytes: 10)
        let shared = Self.ofBothRoles()
        fromClient =
            shared + [
                mutation, mutation, mutation, Self.request(Fixture.readOnly, string, metadata: []),
                Self.request(Fixture.readOnly, ByteBuffer(), metadata: metadata),
                Self.request(Fixture.mutation, string, metadata: metadata),
                Self.request(Fixture.mutation, string, metadata: many),
                Self.request(Fixture.streaming, string, metadata: []), first, first, large, large, middle,
                middle, last, last,
            ] + Self.uploads() + Self.ofStreams() + [
                Self.compressed(Self.request(Fixture.mutation, Self.deflated, metadata: [])),
                Self.compressed(Self.request(Fixture.mutation, Self.deflated, metadata: [])),
                Self.message([.end], bytes: 0), Self.message([.end, .hasMessage], bytes: 9),
            ]
        let failure = RCPStatus(
            code: .failedPrecondition, outcome: .notApplied, text: "closed",
            details: [RCPErrorDetail(field: "lines[2]", reason: "CLOSED", text: "no", allowed: ["reopen"])])
        fromServer =
            shared + [
                Self.response(Fixture.success, string), Self.response(Fixture.success, string),
                Self.response(Fixture.success, ByteBuffer()), Self.response(Fixture.success, ByteBuffer()),
                Self.response(RCPResponseHead(outcome: .applied, replayed: true, trailers: metadata), string),
                Self.response(RCPResponseHead(outcome: .applied, trailers: many), string),
                Self.response(RCPResponseHead(status: failure), nil),
                Self.fragment(.response, string, total: 30), Self.fragment(.response, string, total: 30),
                Self.fragment(.response, string, total: 131_072),
                Self.fragment(.response, string, total: 131_072), middle, last, last,
                Self.response(Fixture.success, nil), Self.response(Fixture.success, nil),
                Self.compressed(Self.response(Fixture.success, Self.deflated)),
                Self.compressed(Self.response(Fixture.success, Self.deflated)),
            ] + Self.ofStreams()
    }

    /// What begins a call whose client streams.
    private static func uploads() -> [ByteBuffer] {
        [Fixture.upload, Fixture.upload, Fixture.chat].map { method in
            frame {
                RCPFrameWriter.writeRequest(
                    stream: 1, method: method.id, head: RCPRequestHead(timeoutMilliseconds: 50), into: &$0)
            }
        }
    }

    /// What either side sends in a message stream, and CREDIT of every size.
    private static func ofStreams() -> [ByteBuffer] {
        var first = message([.more, .hasMessage], bytes: 10)
        first.setInteger(UInt32(19), at: RCPFrameHeader.bytes)
        var large = first
        large.setInteger(UInt32(131_072), at: RCPFrameHeader.bytes)
        return [
            message(.hasMessage, bytes: 7), message(.hasMessage, bytes: 7), message(.hasMessage, bytes: 13),
            message(.hasMessage, bytes: 40_000), first, first, large,
            frame {
                RCPFrame(type: .message, flags: [.hasMessage, .compressed], stream: 1, payload: deflated)
                    .write(into: &$0)
            },
        ]
            + [1, 65_536, 0x7FFF_0000].map { bytes in
                frame { RCPFrameWriter.writeCredit(bytes: bytes, stream: 1, into: &$0) }
            }
    }

    /// Eight times the string "hello" as field 1, compressed (SPEC.md §6.7).
    private static let deflated = ByteBuffer(bytes: [
        0, 0, 0, 56, 120, 156, 227, 98, 205, 72, 205, 201, 201, 231, 34, 149, 2, 0, 215, 107, 17, 25,
    ])

    private static func compressed(_ frame: ByteBuffer) -> ByteBuffer {
        var frame = frame
        frame.setInteger(RCPFrameFlags([.end, .compressed, .hasMessage]).rawValue, at: 5)
        return frame
    }

    private static func ofBothRoles() -> [ByteBuffer] {
        var ignorable = ByteBuffer()
        RCPFrameHeader(payloadBytes: 5, typeNumber: 0x42, flags: .ignorable, method: 0, stream: 0)
            .write(into: &ignorable)
        ignorable.writeString("later")
        return [
            frame { RCPFrameWriter.writePing(opaque: 1, into: &$0) },
            frame { RCPFrameWriter.writePong(opaque: 1, into: &$0) },
            frame { RCPFrameWriter.writeCredit(bytes: 100, stream: 0, into: &$0) },
            frame { RCPFrameWriter.writeCancel(.cancelled, stream: 1, into: &$0) },
            frame {
                RCPFrameWriter.write(RCPGoAway(lastStream: 7, code: .noError, text: "bye"), into: &$0)
            },
            ignorable,
        ]
    }

    private static func frame(_ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var out = ByteBuffer()
        write(&out)
        return out
    }

    private static func request(_ method: RCPMethod, _ message: ByteBuffer, metadata: RCPMetadata)
        -> ByteBuffer
    {
        let id = method.idempotency == .mutation ? Fixture.requestID : .zero
        let head = RCPRequestHead(timeoutMilliseconds: 50, requestID: id, metadata: metadata)
        return frame {
            _ = RCPFrameWriter.writeRequest(
                stream: 1, method: method.id, head: head, message: message, framePayloadBytesMax: 65_536,
                into: &$0)
        }
    }

    private static func response(_ head: RCPResponseHead, _ message: ByteBuffer?) -> ByteBuffer {
        frame {
            _ = RCPFrameWriter.writeResponse(
                stream: 1, head: head, message: message, framePayloadBytesMax: 65_536, into: &$0)
        }
    }

    /// The first fragment of a message of `total` bytes; 7 of them are here.
    private static func fragment(_ type: RCPFrameType, _ message: ByteBuffer, total: UInt32) -> ByteBuffer {
        var whole =
            type == .request
            ? request(Fixture.mutation, ByteBuffer(), metadata: []) : response(Fixture.success, ByteBuffer())
        whole.writeInteger(total)
        whole.writeImmutableBuffer(message)
        whole.setInteger(UInt32(whole.readableBytes - RCPFrameHeader.bytes), at: 0)
        whole.setInteger(RCPFrameFlags([.more, .hasMessage]).rawValue, at: 5)
        return whole
    }

    private static func message(_ flags: RCPFrameFlags, bytes: Int) -> ByteBuffer {
        frame {
            RCPFrame(
                type: .message, flags: flags, stream: 1, payload: ByteBuffer(repeating: 65, count: bytes)
            )
            .write(into: &$0)
        }
    }
}
