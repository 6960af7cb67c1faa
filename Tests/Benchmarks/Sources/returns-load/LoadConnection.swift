import Glibc
import NIOCore
import RCP
import ReturnsClient

/// One connection of the load: requests are encoded ahead and answers are judged by their header and status alone.
///
/// Deliberately not `ReturnsClient`, nor the client's machine past the handshake: server and load share the
/// machine's cores, and whatever the load takes for itself is missing at the server. The server cannot tell the
/// difference; the bytes are the same.
final class LoadConnection {
    let socket: Int32
    private(set) var openCalls = 0
    private let streamsMax: Int
    private var lastStream: UInt32 = 0
    /// When each open call was due or sent, at its stream's place; 0 is free.
    private var starts = [UInt64](repeating: 0, count: 1 << 16)
    private var indexes = [Int](repeating: 0, count: 1 << 16)
    private var out = ByteBuffer()
    private var inbound = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    private var inboundCount = 0

    /// Connects and shakes hands.
    init(_ address: RCPAddress, token: [UInt8]) throws {
        socket = try connectSocket(address)
        var machine = RCPClientConnection(
            hello: RCPHello(clientName: "returns-load", credentials: .token(token)))
        machine.connected()
        var granted: RCPHelloAck?
        while let bytes = machine.nextBytes(.max) { try Self.writeAll(socket, bytes) }
        while granted == nil {
            let count = read(socket, inbound.baseAddress, inbound.count)
            guard count > 0 else { throw LoadError("the server closed during the handshake") }
            machine.bytesReceived(ByteBuffer(bytes: inbound[..<count]))
            switch machine.nextAction() {
            case .ready(let ack): granted = ack
            case .close(let close): throw LoadError("handshake refused: \(close)")
            default: break
            }
        }
        streamsMax = Int(granted!.streamsMax)
        let flags = fcntl(socket, F_GETFL)
        guard fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0 else { throw LoadError("socket: \(errno)") }
    }

    deinit {
        close(socket)
        inbound.deallocate()
    }

    var hasRoom: Bool { openCalls < streamsMax }
    var wantsWrite: Bool { out.readableBytes > 0 }

    /// Appends a request; `flush` sends it.
    func send(_ work: some Work, index: Int, start: UInt64) {
        lastStream += 1
        let place = Int(lastStream & 0xFFFF)
        precondition(starts[place] == 0, "a call is older than 65,535 others")
        starts[place] = start
        indexes[place] = index
        openCalls += 1
        let rest = RCPFrameWriter.writeRequest(
            stream: lastStream, method: work.method.id,
            head: RCPRequestHead(requestID: work.requestID(index)),
            message: work.message(index), framePayloadBytesMax: 65_536, into: &out)
        precondition(rest == nil, "a request of the load fits a frame")
    }

    func flush() throws {
        guard out.readableBytes > 0 else { return }
        let count = out.withUnsafeReadableBytes {
            Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0 {
            guard errno == EAGAIN else { throw LoadError("write: \(String(cString: strerror(errno)))") }
            return
        }
        out.moveReaderIndex(forwardBy: count)
        if out.readableBytes == 0 { out.clear() }
    }

    /// Reads what is there; `answered` gets the call's index, its start, and the RESPONSE's payload.
    func receive(_ answered: (Int, UInt64, UnsafeRawBufferPointer) throws -> Void) throws {
        let count = read(socket, inbound.baseAddress! + inboundCount, inbound.count - inboundCount)
        guard count > 0 else {
            if count < 0, errno == EAGAIN { return }
            throw LoadError("the server closed the connection")
        }
        inboundCount += count
        var offset = 0
        while inboundCount - offset >= RCPFrameHeader.bytes {
            let payloadBytes = Int(
                UInt32(bigEndian: inbound.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            let end = offset + RCPFrameHeader.bytes + payloadBytes
            guard end <= inboundCount else { break }
            let stream = UInt32(bigEndian: inbound.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self))
            let place = Int(stream & 0xFFFF)
            guard inbound[offset + 4] == RCPFrameType.response.rawValue, starts[place] != 0, payloadBytes > 0
            else {
                throw LoadError("an unexpected frame: type \(inbound[offset + 4]), stream \(stream)")
            }
            let start = starts[place]
            starts[place] = 0
            openCalls -= 1
            try answered(
                indexes[place], start,
                UnsafeRawBufferPointer(rebasing: inbound[(offset + RCPFrameHeader.bytes)..<end]))
            offset = end
        }
        inboundCount -= offset
        if offset > 0, inboundCount > 0 {
            memmove(inbound.baseAddress!, inbound.baseAddress! + offset, inboundCount)
        }
    }

    private static func writeAll(_ socket: Int32, _ bytes: ByteBuffer) throws {
        let count = bytes.withUnsafeReadableBytes { Glibc.write(socket, $0.baseAddress, $0.count) }
        guard count == bytes.readableBytes else { throw LoadError("the handshake could not be sent") }
    }
}
