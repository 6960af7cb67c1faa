// swift-tools-version: 6.2
import PackageDescription

// A program that uses returnsd, as a package of its own. It asks for NIO, NIOSSL and protobuf by ranges of its own, which
// resolve beside those of returns.
let package = Package(
    name: "returns-example",
    dependencies: [
        // Outside of this repository: .package(url: "…", from: "…").
        .package(name: "returns", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.31.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    ],
    targets: [
        .executableTarget(
            name: "returns-example",
            dependencies: [
                .product(name: "ReturnsClient", package: "returns"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ])
    ]
)
