import ArgumentParser
import Configuration
import Logging
import RCPServer
import ReturnsServer
import Synchronization
import SystemPackage

/// The settings: a flag wins over the environment, the environment over the file. A value that cannot be read, and a key
/// that nobody knows, is an error and never a default.
struct Settings {
    var daemon = ReturnsDaemonConfiguration()
    var logLevel = Logger.Level.info

    /// As in the file; RETURNSD_EVENT_LOOPS and so on in the environment.
    private static let keys = [
        "listen", "redis", "redisPasswordFile", "data", "eventLoops", "partitions", "sweepIntervalMs",
        "sweepProgress",
        "noSweeper", "testClock", "toleratedLoss", "eventsKept", "eventsKeptHours", "eventsHeld",
        "eventsMemoryMib", "ordersKeptDays", "attainmentKeptDays",
        "tlsCertificate", "tlsKey", "tlsClientCa", "tlsClientCertificates", "webhookCa", "allowPlaintext",
        "metrics", "traceFile", "tracePercent", "conformance",
        "connectionsMax", "connectionsOfPrincipalMax", "connectionsOfAddressMax",
        "connectionsForAdministrators",
        "handshakesMax", "handshakesOfAddressMax", "streamsMax", "streamsOfPrincipalMax",
        "subscriptionsMax", "subscriptionsOfPrincipalMax", "receivedMebibytesMax",
        "receivedMebibytesOfPrincipalMax",
        "callMebibytesOfPrincipalMax",
        "unreadMebibytesMax", "unreadMebibytesOfPrincipalMax", "connectionIdleMs", "connectionAgeMs",
        "readsPerSecond",
        "changesPerSecond", "streamsPerSecond", "logLevel",
    ]

    init(flags: Returnsd) async throws {
        try EnvironmentNames.check(known: Self.keys)
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider()]
        if let path = flags.config { providers.append(try await Self.file(path)) }
        let reader = Reader(reader: ConfigReader(providers: providers).scoped(to: "returnsd"))

        if !flags.listen.isEmpty {
            daemon.listen = flags.listen
        } else if let listen = try await reader.strings("listen") {
            guard !listen.isEmpty else { throw ValidationError("listen names no address") }
            daemon.listen = listen
        }
        if let url = flags.redis, ReturnsDaemonConfiguration.holdsPassword(redisURL: url) {
            throw ValidationError(
                "the password in --redis can be read in the list of processes: take it out, and give --redis-password-file FILE; or give the whole address in RETURNSD_REDIS or in the file of --config"
            )
        }
        daemon.redisURL = try await reader.string("redis", flags.redis)
        daemon.redisPasswordFile = try await reader.string("redisPasswordFile", flags.redisPasswordFile)
        daemon.dataDirectory = try await reader.string("data", flags.data) ?? daemon.dataDirectory
        daemon.eventLoops =
            try await reader.int("eventLoops", flags.eventLoops, 1...1_024) ?? daemon.eventLoops
        daemon.partitions =
            try await reader.int("partitions", flags.partitions, 1...4_096) ?? daemon.partitions
        let interval = try await reader.int("sweepIntervalMs", flags.sweepIntervalMs, 10...3_600_000)
        daemon.sweepIntervalMilliseconds = interval.map(Int64.init) ?? daemon.sweepIntervalMilliseconds
        daemon.sweepProgressFile = try await reader.string("sweepProgress", flags.sweepProgress)
        daemon.sweeps = try await !reader.bool("noSweeper", flags.noSweeper)
        daemon.hasTestClock = try await reader.bool("testClock", flags.testClock)
        // Of this one start alone, so nothing that environment or file can say.
        daemon.acceptsLoss = flags.acceptLoss
        let tolerated = try await reader.int("toleratedLoss", flags.toleratedLoss, 0...1_000_000_000)
        daemon.toleratedLoss = tolerated.map(Int64.init) ?? daemon.toleratedLoss
        daemon.outboxRetention.eventsMax =
            try await reader.int("eventsKept", flags.eventsKept, 1...100_000_000)
            ?? daemon.outboxRetention.eventsMax
        let hours = try await reader.int("eventsKeptHours", flags.eventsKeptHours, 1...876_000)
        daemon.outboxRetention.milliseconds = hours.map { Int64($0) * 3_600_000 }
        daemon.ordersKeptDays =
            try await reader.int("ordersKeptDays", flags.ordersKeptDays, 0...36_500) ?? daemon.ordersKeptDays
        daemon.attainmentKeptDays =
            try await reader.int("attainmentKeptDays", flags.attainmentKeptDays, 0...36_500)
            ?? daemon.attainmentKeptDays
        let kept = daemon.outboxRetention.eventsMax
        if let held = try await reader.int("eventsHeld", flags.eventsHeld, 1...100_000_000) {
            guard held >= kept else {
                throw ValidationError(
                    "events-held is at least events-kept, which is \(kept): what is kept for everybody is kept for webhooks, too"
                )
            }
            daemon.outboxRetention.heldEventsMax = held
        } else {
            daemon.outboxRetention.heldEventsMax = max(daemon.outboxRetention.heldEventsMax, kept)
        }
        let memory = try await reader.int("eventsMemoryMib", flags.eventsMemoryMib, 1...1_048_576)
        daemon.outboxRetention.bytesMax =
            memory.map { Int64($0) << 20 } ?? daemon.outboxRetention.bytesMax
        daemon.offersConformance = try await reader.bool("conformance", flags.conformance)
        daemon.tls = try await Self.tls(reader, flags)
        daemon.webhookCA = try await reader.string("webhookCa", flags.webhookCa)
        daemon.allowsPlaintext = try await reader.bool("allowPlaintext", flags.allowPlaintext)
        daemon.metricsListen = try await reader.string("metrics", flags.metrics)
        daemon.traceFile = try await reader.string("traceFile", flags.traceFile)
        if let percent = try await reader.int("tracePercent", flags.tracePercent, 0...100) {
            daemon.traceShare = Double(percent) / 100
        }
        let day = 86_400_000
        try await setBounds(reader)
        daemon.transport.connectionIdleMillisecondsMax =
            try await reader.int("connectionIdleMs", nil, 1_000...7 * day)
            ?? daemon.transport.connectionIdleMillisecondsMax
        daemon.transport.connectionAgeMillisecondsMax =
            try await reader.int("connectionAgeMs", nil, 1_000...7 * day)
            ?? daemon.transport.connectionAgeMillisecondsMax
        daemon.transport.callRates.readsPerSecondMax = try await reader.int(
            "readsPerSecond", nil, 1...1_000_000)
        daemon.transport.callRates.changesPerSecondMax = try await reader.int(
            "changesPerSecond", nil, 1...1_000_000)
        daemon.transport.callRates.streamsPerSecondMax = try await reader.int(
            "streamsPerSecond", nil, 1...1_000_000)
        if let level = try await reader.string("logLevel", flags.logLevel) {
            guard let known = Logger.Level(rawValue: level) else {
                throw ValidationError(
                    "log level \(level) is not one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            logLevel = known
        }
    }

    /// What clients may have of the server, all together and each of them.
    private mutating func setBounds(_ reader: Reader) async throws {
        func set(_ key: ConfigKey, _ range: ClosedRange<Int>, _ value: inout Int) async throws {
            value = try await reader.int(key, nil, range) ?? value
        }
        var transport = daemon.transport
        let connections = 1...1_000_000
        try await set("connectionsMax", connections, &transport.connections.connectionsMax)
        try await set(
            "connectionsOfPrincipalMax", connections, &transport.connections.principalConnectionsMax)
        transport.connections.addressConnectionsMax = try await reader.int(
            "connectionsOfAddressMax", nil, connections)
        try await set(
            "connectionsForAdministrators", 0...1_000, &transport.connections.administratorConnectionsKept)
        try await set("handshakesMax", connections, &transport.connections.handshakesMax)
        try await set("handshakesOfAddressMax", connections, &transport.connections.addressHandshakesMax)
        try await set("streamsMax", connections, &transport.serverStreamsMax)
        try await set("streamsOfPrincipalMax", connections, &transport.principalStreamsMax)
        try await set("subscriptionsMax", connections, &daemon.subscriptionsMax)
        try await set("subscriptionsOfPrincipalMax", connections, &daemon.principalSubscriptionsMax)
        func setMiB(_ key: ConfigKey, _ bytes: inout Int) async throws {
            var mebibytes = bytes >> 20
            try await set(key, 1...1_048_576, &mebibytes)
            bytes = mebibytes << 20
        }
        try await setMiB("receivedMebibytesMax", &transport.serverReceivedBytesMax)
        try await setMiB("receivedMebibytesOfPrincipalMax", &transport.principalReceivedBytesMax)
        try await setMiB("unreadMebibytesMax", &transport.serverUnsentBytesMax)
        try await setMiB("unreadMebibytesOfPrincipalMax", &transport.principalUnsentBytesMax)
        try await setMiB("callMebibytesOfPrincipalMax", &transport.principalCallBytesMax)
        daemon.transport = transport
    }

    private static func tls(_ reader: Reader, _ flags: Returnsd) async throws -> RCPTLSFiles? {
        let certificate = try await reader.string("tlsCertificate", flags.tlsCertificate)
        let key = try await reader.string("tlsKey", flags.tlsKey)
        let clientCA = try await reader.string("tlsClientCa", flags.tlsClientCa)
        let asked = try await reader.string("tlsClientCertificates", flags.tlsClientCertificates)
        guard let certificate, let key else {
            guard certificate == nil, key == nil, clientCA == nil, asked == nil else {
                throw ValidationError("TLS needs both tls-certificate and tls-key")
            }
            return nil
        }
        var files = RCPTLSFiles(
            certificate: certificate, key: key, clientCA: clientCA,
            clientCertificates: clientCA == nil ? .none : .optional)
        if let asked {
            guard let known = RCPTLSFiles.ClientCertificates(rawValue: asked) else {
                throw ValidationError("tls-client-certificates is none, optional or required, not \(asked)")
            }
            files.clientCertificates = known
        }
        return files
    }

    private static func file(_ path: String) async throws -> any ConfigProvider {
        let unknown = Mutex<[String]>([])
        // The one place where the parser shows every key; an address of Redis may hold a password.
        let noting = SecretsSpecifier<String, Void>.dynamic { key, _ in
            let known = keys.map { "returnsd.\($0)" } + ["returnsd"]
            if !known.contains(key) { unknown.withLock { $0.append(key) } }
            return key == "returnsd.redis"
        }
        let provider: FileProvider<YAMLSnapshot>
        do {
            provider = try await FileProvider<YAMLSnapshot>(
                parsingOptions: YAMLSnapshot.ParsingOptions(secretsSpecifier: noting),
                filePath: FilePath(path))
        } catch {
            throw ValidationError("\(path) cannot be read: \(error)")
        }
        let found = unknown.withLock { $0.sorted() }
        guard found.isEmpty else {
            throw ValidationError(
                "\(path) has settings that nobody knows: \(found.joined(separator: ", ")); known are, under 'returnsd:', \(keys.joined(separator: ", "))"
            )
        }
        let url = try? ConfigReader(provider: provider).scoped(to: "returnsd").requiredString(forKey: "redis")
        if let url, ReturnsDaemonConfiguration.holdsPassword(redisURL: url) {
            try ReturnsDaemonConfiguration.checkSecret(path, "the password of Redis")
        }
        return provider
    }
}

/// Reads from environment and file what no flag has said.
private struct Reader {
    let reader: ConfigReader

    func string(_ key: ConfigKey, _ flag: String?) async throws -> String? {
        if let flag { return flag }
        return try await value(key, "one text") { try await reader.fetchString(forKey: key) }
    }

    func strings(_ key: ConfigKey) async throws -> [String]? {
        try await value(key, "a list") { try await reader.fetchStringArray(forKey: key) }
    }

    func int(_ key: ConfigKey, _ flag: Int?, _ range: ClosedRange<Int>) async throws -> Int? {
        var value = flag
        if value == nil {
            value = try await self.value(key, "a whole number") { try await reader.fetchInt(forKey: key) }
        }
        guard let value else { return nil }
        guard range.contains(value) else {
            throw ValidationError(
                "\(flagName(key)) is \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
        return value
    }

    func bool(_ key: ConfigKey, _ flag: Bool) async throws -> Bool {
        if flag { return true }
        return try await value(key, "true or false") { try await reader.fetchBool(forKey: key) } ?? false
    }

    private func value<Value>(
        _ key: ConfigKey, _ kind: String, _ fetch: () async throws -> Value?
    ) async throws -> Value? {
        do {
            return try await fetch()
        } catch {
            throw ValidationError(
                "\(flagName(key)) is \(kind); what the environment or the file says is not")
        }
    }

    /// As on the command line, where most people know the setting from.
    private func flagName(_ key: ConfigKey) -> String {
        key.components.joined(separator: ".").reduce(into: "") { name, letter in
            name += letter.isUppercase ? "-\(letter.lowercased())" : "\(letter)"
        }
    }
}
