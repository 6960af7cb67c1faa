import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ReturnsServer

/// Files that the operator names: written at their end, or read for one secret.
@Suite struct OperatorFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func path(_ name: String) -> String { "\(directory.path)/\(name)" }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func append(_ text: String, to path: String) throws {
        let file = try AppendedFile.open("traces", path, permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    @Test func whatIsThereStays() throws {
        try AppendedFile.check("traces", path("a"))
        #expect(!FileManager.default.fileExists(atPath: path("a")))
        try append("one\n", to: path("a"))
        try append("two\n", to: path("a"))
        #expect(try String(contentsOfFile: path("a"), encoding: .utf8) == "one\ntwo\n")
        #expect(try mode(path("a")) == 0o600)
        try AppendedFile.check("traces", path("a"))
        try append("", to: "/dev/null")
    }

    @Test(arguments: ["link", "dangling", "hard"])
    func noFileIsWrittenUnderAnotherName(_ name: String) throws {
        try append("precious", to: path("precious"))
        try FileManager.default.createSymbolicLink(
            atPath: path("link"), withDestinationPath: path("precious"))
        try FileManager.default.createSymbolicLink(
            atPath: path("dangling"), withDestinationPath: path("made"))
        if name == "hard" {
            try FileManager.default.linkItem(atPath: path("precious"), toPath: path("hard"))
        }
        let error = #expect(throws: StartError.self) { try append("x", to: path(name)) }
        #expect(error?.description.contains("cannot write traces to \(path(name))") == true)
        #expect(throws: StartError.self) { try AppendedFile.check("traces", path(name)) }
        #expect(try String(contentsOfFile: path("precious"), encoding: .utf8) == "precious")
        #expect(!FileManager.default.fileExists(atPath: path("made")))
    }

    @Test(
        arguments: [
            (0o600, "s\n", "s"), (0o400, "a b ", "a b "), (0o440, "s\r\n", "s"), (0o644, "s", nil),
            (0o660, "s", nil), (0o602, "s", nil), (0o600, "", nil), (0o600, "\n", nil),
            (0o600, "a\nb\n", nil),
            (0o600, String(repeating: "x", count: 4_097), nil),
        ] as [(Int, String, String?)])
    func aSecretIsOneLineOfAPrivateFile(mode: Int, text: String, secret: String?) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path("s")))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path("s"))
        guard let secret else {
            let error = #expect(throws: StartError.self) { try SecretFile.read(path("s"), "the password") }
            #expect(error?.description.contains(path("s")) == true)
            return
        }
        #expect(try SecretFile.read(path("s"), "the password") == secret)
    }
}
