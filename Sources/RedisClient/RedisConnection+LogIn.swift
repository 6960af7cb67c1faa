import NIOCore

extension RedisConnection {
    /// The commands every connection begins with, sent together; the PING tells whether Redis is ready.
    func logIn(
        _ url: RedisURL, _ configuration: RedisConnectionConfiguration
    ) -> EventLoopFuture<RedisConnection> {
        let promise = eventLoop.makePromise(of: RedisConnection.self)
        var commands: [RedisCommand] = []
        if let password = url.password {
            let credentials = url.username.map { [$0, password] } ?? [password]
            commands.append(RedisCommand("AUTH", arguments: credentials))
        }
        commands.append(RedisCommand("CLIENT", "SETNAME", .text(Self.acceptable(configuration.clientName))))
        if url.database != 0 { commands.append(RedisCommand("SELECT", .integer(Int64(url.database)))) }
        commands.append(RedisCommand("PING"))
        pipeline(commands) { result in
            do throws(RedisError) {
                var replies = try result.get().makeIterator()
                if url.password != nil { try Self.checkAuthentication(replies.next()) }
                // The name is a courtesy to whoever reads CLIENT LIST; a user may lack the right to set it.
                _ = replies.next()
                if url.database != 0 { try Self.checkSelection(replies.next(), url.database) }
                try Self.checkPing(replies.next(), acceptsLoading: configuration.acceptsLoading)
                promise.succeed(self)
            } catch {
                promise.fail(Self.explained(error))
                self.handler.fail(error)
            }
        }
        return promise.futureResult
    }

    private static func checkAuthentication(_ reply: RedisValue?) throws(RedisError) {
        guard let error = reply?.error else { return }
        if error.prefix == "LOADING" { throw loading(error) }
        let hint =
            error.prefix == "WRONGPASS"
            ? "check the user name and the password" : "it may have no password set for this user"
        throw RedisError(
            .authenticationFailed, .notWritten, "Redis refused the login (\(error.prefix)): \(hint).",
            errorReply: error)
    }

    private static func checkSelection(_ reply: RedisValue?, _ database: Int) throws(RedisError) {
        guard let error = reply?.error else { return }
        switch error.prefix {
        case "LOADING": throw loading(error)
        case "NOAUTH": throw passwordMissing(error)
        default:
            throw RedisError(
                .connectionFailed, .notWritten,
                "Redis refused database \(database) (\(error.prefix)): check its `databases` setting.",
                errorReply: error)
        }
    }

    private static func checkPing(_ reply: RedisValue?, acceptsLoading: Bool) throws(RedisError) {
        guard let error = reply?.error else { return }
        switch error.prefix {
        case "LOADING": if !acceptsLoading { throw loading(error) }
        case "NOAUTH": throw passwordMissing(error)
        default:
            throw RedisError(
                .connectionFailed, .notWritten, "Redis answered PING with the error \(error.prefix).",
                errorReply: error)
        }
    }

    private static func loading(_ error: RedisErrorReply) -> RedisError {
        RedisError(.loading, .notWritten, "Redis is still loading its data.", errorReply: error)
    }

    private static func passwordMissing(_ error: RedisErrorReply) -> RedisError {
        RedisError(
            .authenticationFailed, .notWritten, "Redis needs a password and the address names none.",
            errorReply: error)
    }

    private static func explained(_ error: RedisError) -> RedisError {
        guard error.code == .connectionClosed else { return error.with(.notWritten) }
        return RedisError(
            .connectionFailed, .notWritten,
            "Redis closed the connection during the login; it may have reached `maxclients`.", cause: error)
    }

    /// CLIENT SETNAME refuses spaces and anything unprintable.
    private static func acceptable(_ name: String) -> String {
        String(decoding: name.utf8.map { (33...126).contains($0) ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
    }
}

extension RedisCommand {
    fileprivate init(_ name: StaticString, arguments: [String]) {
        self.init(name)
        for argument in arguments { append(argument) }
    }
}
