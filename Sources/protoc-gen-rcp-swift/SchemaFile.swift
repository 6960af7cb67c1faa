import Cryptography
import Foundation
import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// Writes the description of all files of a run: what a server tells of itself, and which messages each method takes.
struct SchemaFile {
    let name: String
    let files: [FileDescriptor]
    let services: [Service]
    /// Modules that hold some of the services.
    let modules: [String]
    let levels: SchemaLevels

    func print() throws -> String {
        var printer = CodePrinter.generatedFile(source: "from all .proto files of the protocol")
        let described = try self.descriptorSet(keepsComments: true)
        let hash = SHA256.hash(try self.descriptorSet(keepsComments: false))
        printer.print("")
        for module in (["RCP", "SwiftProtobuf"] + self.modules).sorted() { printer.print("import \(module)") }
        printer.print("")
        printer.print("/// The .proto files that this was built with.")
        printer.printBlock("public enum \(self.name)Schema {") { printer in
            printer.print("/// SHA-256 of the description without comments.")
            printer.print(
                "public static let sha256: [UInt8] = [\(hash.map(String.init).joined(separator: ", "))]")
            printer.print("", "/// The highest level that a field or a value of an enumeration is of.")
            printer.print("public static let highestLevel: UInt8 = \(self.levels.highest)")
            printer.print("", "/// What a level above the first brought.")
            printer.print("public static let levels = \(self.levels.expression)")
            printer.print(
                "", "/// Every method and its messages, by service and in the order of the .proto files.")
            printer.printBlock("public static let methods: [RCPMethodMessages] = [", end: "]") { printer in
                for service in self.services {
                    for method in service.methods {
                        printer.print(
                            "RCPMethodMessages(\(service.name)Methods.\(method.swiftName), "
                                + "request: \(method.requestType).self, reply: \(method.replyType).self),")
                    }
                }
            }
            printer.print("", "/// A google.protobuf.FileDescriptorSet with imports and comments, in Base64.")
            printer.print(
                "public static let fileDescriptorSetBase64 = \"\(described.base64EncodedString())\"")
        }
        return printer.content
    }

    /// All files and their imports, each after what it imports.
    private func descriptorSet(keepsComments: Bool) throws -> Data {
        var set = Google_Protobuf_FileDescriptorSet()
        var seen: Set<String> = []
        for file in self.files { self.add(file, to: &set, seen: &seen, keepsComments: keepsComments) }
        return try set.serializedData()
    }

    private func add(
        _ file: FileDescriptor, to set: inout Google_Protobuf_FileDescriptorSet, seen: inout Set<String>,
        keepsComments: Bool
    ) {
        guard seen.insert(file.name).inserted else { return }
        for dependency in file.dependencies {
            self.add(dependency, to: &set, seen: &seen, keepsComments: keepsComments)
        }
        var options = ExtractProtoOptions()
        options.includeSourceCodeInfo = true
        var proto = file.extractProto(options: options)
        if keepsComments, self.files.contains(where: { $0.name == file.name }) {
            // Where things stand in the file is of no interest, only what is said of them.
            proto.sourceCodeInfo.location = proto.sourceCodeInfo.location.compactMap { location in
                guard location.hasLeadingComments else { return nil }
                return .with {
                    $0.path = location.path
                    $0.leadingComments = location.leadingComments
                }
            }
        } else {
            proto.clearSourceCodeInfo()
        }
        set.file.append(proto)
    }
}
