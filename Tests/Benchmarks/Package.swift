// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the project's tests do not build the load generator. `scripts/bench` builds the
// load generator and returnsd from here: one build, so what the two share is compiled once, with the same options.

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "returns", path: "../.."),
        // The versions are the project's own: its manifest pins them.
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
    ],
    targets: [
        .target(name: "CPoll"),
        .executableTarget(
            name: "returns-load",
            dependencies: [
                "CPoll",
                .product(name: "ReturnsClient", package: "returns"),
                .product(name: "ReturnsWire", package: "returns"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
    ]
)
