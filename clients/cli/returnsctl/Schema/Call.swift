import ArgumentParser
import Foundation
import RCP
import ReturnsAPI
import ReturnsClient
import SwiftProtobuf

struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call any method with a request in JSON.",
        discussion: """
            A method whose requests are a stream takes one JSON object a line; with '-d -' each line is sent as it comes. \
            Replies that are a stream are printed one a line.
            """)
    @Argument(help: "The method, such as CaseService/GetCase; its name alone will do if it is unique.")
    var method: String
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The request; none is an empty one, or an empty stream.", valueName: "JSON|@FILE|-"))
    var data = ""
    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("Metadata to send along; can be repeated.", valueName: "KEY=VALUE"))
    var metadata: [String] = []
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let messages = try Self.method(named: method)
        var options = RCPCallOptions(metadata: try parsedMetadata())
        if messages.method.idempotency == .mutation, global.dryRun {
            throw CommandFailure.usage("--dry-run cannot hold back a call of \(messages.method.name)")
        }
        try await global.withSession { session in
            options.requestID = messages.method.kind == .unary ? session.requestID : nil
            let call = MethodCall(method: messages.method, data: data, options: options, session: session)
            defer { SchemaDifference.note(serverHash: session.client.serverAck?.schemaHash ?? []) }
            try await call.run(messages.request, messages.reply)
        }
    }

    private func parsedMetadata() throws -> RCPMetadata {
        var metadata = RCPMetadata()
        for pair in self.metadata {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw CommandFailure.usage("\(pair) is no metadata: give KEY=VALUE")
            }
            metadata.append(key: String(parts[0]), text: String(parts[1]))
        }
        return metadata
    }

    /// - Parameter name: the full name, or what stands after a dot or slash of it.
    static func method(named name: String) throws -> RCPMethodMessages {
        let all = ReturnsSchema.methods
        if let exact = all.first(where: { $0.method.fullName == name }) { return exact }
        let ends = all.filter {
            $0.method.fullName.hasSuffix("/\(name)") || $0.method.fullName.hasSuffix(".\(name)")
        }
        if ends.count == 1 { return ends[0] }
        let names =
            (ends.isEmpty ? all.filter { $0.method.fullName.lowercased().contains(name.lowercased()) } : ends)
            .map(\.method.fullName)
        throw CommandFailure.usage(
            ends.isEmpty
                ? "returnsctl \(ClientVersion.current) knows no method \(name)" : "\(name) is not unique",
            hints: names.isEmpty
                ? ["see what the server has: \(NextLine.returnsctl("describe"))"]
                : ["there are: \(names.prefix(ServerSchema.nearMax).joined(separator: ", "))"])
    }
}

/// One call by name: its messages' types are known when it is run.
private struct MethodCall {
    let method: RCPMethod
    let data: String
    let options: RCPCallOptions
    let session: Session

    func run<Request: Message & Sendable, Reply: Message & Sendable>(
        _ request: Request.Type, _ reply: Reply.Type
    ) async throws {
        let client = session.client
        switch method.kind {
        case .unary:
            let reply: RCPReply<Reply> = try await client.unary(
                method, try await only(Request.self), options: options)
            try show(reply.message, reply.trailers)
        case .clientStreaming:
            let reply: RCPReply<Reply> = try await client.clientStreaming(method, options: options) {
                (requests: RCPRequestWriter<Request>) in
                try await send(to: requests) { try await requests.waitForEnd() }
            }
            try show(reply.message, reply.trailers)
        case .serverStreaming:
            let reply = try await client.serverStreaming(
                method, try await only(Request.self), options: options
            ) {
                (replies: RCPMessageStream<Reply>) in try await show(replies)
            }
            note(reply.trailers)
        case .bidirectionalStreaming:
            let reply = try await client.bidirectionalStreaming(method, options: options) {
                (requests: RCPRequestWriter<Request>, replies: RCPMessageStream<Reply>) in
                try await send(to: requests) { try await show(replies) }
            }
            note(reply.trailers)
        }
    }

    // MARK: Requests

    private func only<Request: Message>(_ type: Request.Type) async throws -> Request {
        let bytes = try await data == "-" ? InputFile.contents("-") : contents()
        return try parse(bytes.allSatisfy(Self.isBlank) ? Data("{}".utf8) : bytes, type, line: nil)
    }

    /// What -d says, or the file that it names.
    private func contents() async throws -> Data {
        try await data.hasPrefix("@") ? InputFile.contents(String(data.dropFirst())) : Data(data.utf8)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { " \t\r\n".utf8.contains(byte) }

    /// Sends everything while `untilEnd` goes on. A side that fails ends the other one, and a call that is over reads no more.
    private func send<Request: Message & Sendable>(
        to requests: RCPRequestWriter<Request>, untilEnd: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await sendAll(to: requests)
                    await requests.finish()
                } catch is RCPStreamEnded {
                    // The server has answered without reading everything: that answer is the call's.
                }
                return false
            }
            group.addTask {
                try await untilEnd()
                return true
            }
            while let isOver = try await group.next(), !isOver {}
            group.cancelAll()
        }
    }

    private func sendAll<Request: Message & Sendable>(to requests: RCPRequestWriter<Request>) async throws {
        func send(_ line: ImportLine) async throws {
            guard !line.isTooLong else {
                throw CommandFailure.usage(
                    "line \(line.number) of the data is above \(LineSplitter.lineBytesMax) bytes")
            }
            if line.bytes.allSatisfy(Self.isBlank) { return }
            try await requests.send(try parse(line.bytes, Request.self, line: line.number))
        }
        if data == "-" {
            let lines = InputLines()
            while let line = try await Blocking.run({ try lines.next() }) { try await send(line) }
        } else {
            var splitter = LineSplitter()
            for line in splitter.append(try await contents()) { try await send(line) }
            if let line = splitter.finish() { try await send(line) }
        }
    }

    private func parse<Request: Message>(_ bytes: Data, _ type: Request.Type, line: Int?) throws -> Request {
        do throws(JSONFault) {
            return try JSONMessage.read(bytes)
        } catch {
            let place = line.map { "line \($0) of the data" } ?? "the data"
            throw CommandFailure.usage(
                "\(place) is no \(Request.protoMessageName) in JSON: \(error.sentence)",
                hints: hints(error, Request.self))
        }
    }

    private func hints<Request: Message>(_ fault: JSONFault, _ type: Request.Type) -> [String] {
        if FileManager.default.fileExists(atPath: data) { return ["to send the file: -d @\(data)"] }
        return fault.reason == "MALFORMED"
            ? ["see its fields: returnsctl describe \(Request.protoMessageName)"] : []
    }

    // MARK: Replies

    private func show(_ reply: some Message, _ trailers: RCPMetadata) throws {
        try session.output.show(reply) { _ in TextWidth.safeJSON(Self.indented(reply)) }
        Output.noteLeftOut(reply)
        note(trailers)
    }

    private func show(_ replies: RCPMessageStream<some Message & Sendable>) async throws {
        for try await reply in replies { try session.output.json(reply) }
    }

    private func note(_ trailers: RCPMetadata) {
        for pair in trailers.pairs {
            switch pair.value {
            case .text(let text): Output.note("trailer \(pair.key): \(TextWidth.safe(text))")
            case .bytes(let bytes): Output.note("trailer \(pair.key): \(Data(bytes).base64EncodedString())")
            }
        }
    }

    private static func indented(_ message: some Message) -> String {
        guard let json = try? message.jsonUTF8Data() as Data,
            let object = try? JSONSerialization.jsonObject(with: json),
            let data = try? JSONSerialization.data(
                withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
