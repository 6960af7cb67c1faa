// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors in every target of ours; dependencies keep their own settings.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "returns",
    products: [
        .executable(name: "returnsd", targets: ["returnsd"]),
        .executable(name: "returnsctl", targets: ["returnsctl"]),
        .executable(name: "protoc-gen-rcp-swift", targets: ["protoc-gen-rcp-swift"]),
        // Fills stores for tests and benchmarks.
        .executable(name: "returns-seed", targets: ["returns-seed"]),
        // Makes the load of benchmarks.
        .executable(name: "returns-load", targets: ["returns-load"]),
        .library(name: "ReturnsClient", targets: ["ReturnsClient"]),
        .library(name: "RCP", targets: ["RCP"]),
        .library(name: "RCPServices", targets: ["RCPServices"]),
        .library(name: "RCPServer", targets: ["RCPServer"]),
        .library(name: "RCPClient", targets: ["RCPClient"]),
        // For Tests/Fuzzing, a package of its own.
        .library(name: "WireFuzzing", targets: ["WireFuzzing"]),
    ],
    // Ranges, so that a program may name its own beside ours. Each begins with the version that is tested.
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // Pure: the case, its states, commands, clocks, calendar, policy and refund arithmetic.
        .target(
            name: "ReturnsDomain", dependencies: ["MoneyFormat"], exclude: ["DECISIONS.md"],
            swiftSettings: strict),
        // How an amount is written, in the server's texts and in returnsctl alike.
        .target(name: "MoneyFormat", swiftSettings: strict),
        .systemLibrary(
            name: "CLibcrypto", providers: [.apt(["libssl-dev"])]),
        // Hashes, codes and sealing, by the system's libcrypto.
        .target(
            name: "Cryptography", dependencies: ["CLibcrypto"], exclude: ["DECISIONS.md"],
            swiftSettings: strict),
        // RCP/1 without IO.
        .target(
            name: "RCP",
            dependencies: [
                "CZlib",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["DECISIONS.md"],
            swiftSettings: strict),
        // Generated messages and stubs: of the services that belong to RCP/1, and of Protocol/returns.
        .target(
            name: "RCPServices",
            dependencies: ["RCP", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            swiftSettings: strict),
        .target(
            name: "ReturnsAPI",
            dependencies: [
                "RCP", "RCPServices", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .systemLibrary(
            name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        // W3C Trace Context in a call's metadata, and a tracer that speaks it; for server and client.
        .target(
            name: "RCPTracing",
            dependencies: [
                "RCP",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict),
        // The server of RCP/1: listener, event loops, router, TLS, limits, metrics.
        .target(
            name: "RCPServer",
            dependencies: [
                "RCP", "RCPServices", "RCPTracing",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["DECISIONS.md"],
            swiftSettings: strict),
        // Where a domain value meets a message: requests in, records and replies out.
        .target(
            name: "ReturnsRecords",
            dependencies: [
                "RCP", "ReturnsAPI", "ReturnsDomain",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["DECISIONS.md"],
            swiftSettings: strict),
        .systemLibrary(
            name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .target(
            name: "RedisClient",
            dependencies: [
                "CHiredis",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["DECISIONS.md"],
            swiftSettings: strict),
        .target(
            name: "ReturnsStore",
            dependencies: [
                "Cryptography", "RedisClient", "ReturnsAPI", "ReturnsDomain", "ReturnsRecords",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["DECISIONS.md"],
            resources: [
                .embedInCode("Functions/store.lua"), .embedInCode("Functions/commit.lua"),
                .embedInCode("Functions/outbox.lua"), .embedInCode("Functions/webhooks.lua"),
                .embedInCode("Functions/listings.lua"), .embedInCode("Functions/access.lua"),
                .embedInCode("Functions/shared.lua"),
            ],
            swiftSettings: strict),
        .systemLibrary(
            name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        // Posts of JSON over HTTP, signed: of webhooks, and of who tries them.
        .target(name: "HTTPPosting", dependencies: ["CCurl", "Cryptography"], swiftSettings: strict),
        .target(
            name: "ReturnsServer",
            dependencies: [
                "Cryptography", "HTTPPosting", "ReturnsRecords", "ReturnsStore", "RCP", "RCPServer",
                "RCPServices",
                "RCPTracing", "ReturnsAPI",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            exclude: ["DECISIONS.md"],
            swiftSettings: strict),
        .executableTarget(
            name: "returnsd",
            dependencies: [
                "ReturnsServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),

        // Code generation: the options are a target of their own so that a broken stub cannot block the generator.
        .target(
            name: "RCPOptions",
            dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
            path: "Protocol/options",
            swiftSettings: strict),
        .executableTarget(
            name: "protoc-gen-rcp-swift",
            dependencies: [
                "Cryptography", "RCPOptions",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "SwiftProtobufPluginLibrary", package: "swift-protobuf"),
            ],
            exclude: ["DECISIONS.md"],
            swiftSettings: strict),

        // The client of RCP/1: pool, links, retries, hedging, interceptors.
        .target(
            name: "RCPClient",
            dependencies: [
                "RCP", "RCPTracing",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            exclude: ["DECISIONS.md"],
            swiftSettings: strict),

        // Clients.
        .target(
            name: "ReturnsClient",
            dependencies: [
                "RCP", "RCPClient", "RCPServices", "ReturnsAPI",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "clients/swift/ReturnsClient",
            swiftSettings: strict),
        .systemLibrary(
            name: "CLibical", providers: [.apt(["libical-dev"])]),
        .executableTarget(
            name: "returnsctl",
            dependencies: [
                "ReturnsClient", "CLibical", "Cryptography", "HTTPPosting", "MoneyFormat", "RCPOptions",
                "RCPTracing",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            path: "clients/cli/returnsctl",
            swiftSettings: strict),

        // A service of another kind on the RPC system alone. Its modules see what another package would see.
        .target(
            name: "JobsAPI",
            dependencies: ["RCP", "RCPServices", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            path: "Examples/JobQueue/JobsAPI", packageAccess: false, swiftSettings: strict),
        .executableTarget(
            name: "jobsd",
            dependencies: [
                "JobsAPI", "RCPServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Examples/JobQueue/jobsd", packageAccess: false, swiftSettings: strict),
        .executableTarget(
            name: "jobsctl",
            dependencies: [
                "JobsAPI", "RCPClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Examples/JobQueue/jobsctl", packageAccess: false, swiftSettings: strict),
        .testTarget(
            name: "JobQueueTests", dependencies: ["jobsd", "jobsctl", "JobsAPI", "RCPClient", "RCPServices"],
            path: "Examples/JobQueue/Tests", packageAccess: false, swiftSettings: strict),
        // Also a package of its own, in its folder; here so that it is compiled with the tests.
        .executableTarget(
            name: "returns-example",
            dependencies: [
                "ReturnsClient", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Examples/returns-example/Sources/returns-example",
            swiftSettings: strict),

        // Tests.
        .target(
            name: "TestSupport", dependencies: [.product(name: "Logging", package: "swift-log")],
            path: "Tests/Support/TestSupport",
            swiftSettings: strict),
        .target(
            name: "ReturnsTestSupport", dependencies: ["ReturnsDomain"],
            path: "Tests/Support/ReturnsTestSupport",
            swiftSettings: strict),
        .target(
            name: "RedisTestSupport",
            dependencies: ["RedisClient", .product(name: "NIOCore", package: "swift-nio")],
            path: "Tests/Support/RedisTestSupport", swiftSettings: strict),
        .target(
            name: "WireFuzzing",
            dependencies: ["RCP", .product(name: "NIOCore", package: "swift-nio")],
            path: "Tests/Support/WireFuzzing", swiftSettings: strict),
        .executableTarget(
            name: "returns-seed",
            dependencies: [
                "ReturnsStore", "ReturnsDomain", "RedisClient",
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Support/returns-seed", swiftSettings: strict),
        .target(name: "CPoll", path: "Tests/Benchmarks/Sources/CPoll"),
        .executableTarget(
            name: "returns-load",
            dependencies: [
                "CPoll", "ReturnsAPI", "ReturnsClient", "RCP",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: "Tests/Benchmarks/Sources/returns-load", swiftSettings: strict),
        .testTarget(
            name: "ReturnsDomainTests", dependencies: ["ReturnsDomain", "MoneyFormat", "ReturnsTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "CryptographyTests", dependencies: ["Cryptography", "CLibcrypto"], swiftSettings: strict),
        .testTarget(
            name: "RCPTests",
            dependencies: [
                "RCP", "RCPServices", "ReturnsAPI", "TestSupport", "WireFuzzing",
                .product(name: "NIOTestUtils", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RedisClientTests", dependencies: ["RedisClient", "RedisTestSupport"], swiftSettings: strict
        ),
        .testTarget(
            name: "ReturnsStoreTests",
            dependencies: [
                "ReturnsRecords", "ReturnsAPI", "ReturnsStore", "ReturnsTestSupport", "RedisTestSupport",
                "TestSupport",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReturnsRecordsTests",
            dependencies: [
                "ReturnsRecords", "ReturnsAPI", "ReturnsDomain", "RCP", "ReturnsTestSupport", "TestSupport",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(name: "RCPTracingTests", dependencies: ["RCPTracing"], swiftSettings: strict),
        .testTarget(
            name: "RCPServerTests", dependencies: ["RCPServer", "RCPServices", "RCPTracing", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ReturnsServerTests",
            dependencies: [
                "ReturnsServer", "HTTPPosting", "ReturnsAPI", "ReturnsRecords", "RCPTracing",
                "ReturnsTestSupport",
                "RedisTestSupport", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RCPClientTests",
            dependencies: [
                "RCPClient", "RCPServices", "RCPTracing", "ReturnsClient", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReturnsctlTests", dependencies: ["returnsctl", "MoneyFormat"], swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "ReturnsServer", "ReturnsStore", "RedisClient", "ReturnsClient", "ReturnsDomain",
                "ReturnsRecords", "RCP", "RedisTestSupport", "returns-example",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: "Tests/Integration",
            swiftSettings: strict),
    ]
)
