// swift-tools-version: 6.2
import PackageDescription

// Apart from the main package, since all of it is compiled for libFuzzer and AddressSanitizer: `scripts/fuzz`.
let package = Package(
    name: "returns-fuzzing",
    dependencies: [.package(name: "returns", path: "../..")],
    targets: [
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "returns-fuzz",
            dependencies: ["CFuzzer", .product(name: "WireFuzzing", package: "returns")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
