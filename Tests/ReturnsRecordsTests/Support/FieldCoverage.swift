import Foundation
import ReturnsAPI
import SwiftProtobuf
import Testing

/// Which fields of messages, and which values of enumerations, encoded messages hold: "Case.refunds",
/// "RefundStatus=REFUND_STATUS_PAID".
struct FieldCoverage {
    private struct Field {
        var name: String
        /// Of a message; empty for what is none.
        var message = ""
        /// Of an enumeration, by number.
        var values: [UInt64: String]?
    }

    private var messages: [String: [UInt64: Field]] = [:]

    init() throws {
        let data = try #require(Data(base64Encoded: ReturnsSchema.fileDescriptorSetBase64))
        var types: [String: Google_Protobuf_DescriptorProto] = [:]
        var enums: [String: [UInt64: String]] = [:]
        for file in try Google_Protobuf_FileDescriptorSet(serializedBytes: data).file {
            Self.add(file.messageType, file.enumType, ".\(file.package)", &types, &enums)
        }
        for (name, type) in types {
            messages[name] = Dictionary(
                uniqueKeysWithValues: type.field.map { field in
                    let own = "\(type.name).\(field.name)"
                    return (
                        UInt64(field.number),
                        Field(
                            name: own, message: field.type == .message ? field.typeName : "",
                            values: enums[field.typeName])
                    )
                })
        }
    }

    private static func add(
        _ messages: [Google_Protobuf_DescriptorProto], _ enumerations: [Google_Protobuf_EnumDescriptorProto],
        _ scope: String, _ types: inout [String: Google_Protobuf_DescriptorProto],
        _ enums: inout [String: [UInt64: String]]
    ) {
        for type in enumerations {
            enums["\(scope).\(type.name)"] = Dictionary(
                type.value.map { (UInt64($0.number), "\(type.name)=\($0.name)") },
                uniquingKeysWith: { first, _ in first })
        }
        for type in messages {
            types["\(scope).\(type.name)"] = type
            add(type.nestedType, type.enumType, "\(scope).\(type.name)", &types, &enums)
        }
    }

    /// Of the bytes of a message, such as `returns.v1.Case`.
    func found(_ bytes: [UInt8], _ type: String) throws -> Set<String> {
        var found: Set<String> = []
        try bytes.withUnsafeBytes { try add($0[...], ".\(type)", &found) }
        return found
    }

    /// Everything that a message of the type can hold, but the values that stand for none.
    func all(_ type: String) throws -> Set<String> {
        var all: Set<String> = []
        var seen: Set<String> = []
        func add(_ type: String) throws {
            guard seen.insert(type).inserted else { return }
            for field in try #require(messages[type]).values {
                all.insert(field.name)
                if !field.message.isEmpty { try add(field.message) }
                for (number, value) in field.values ?? [:] where number != 0 { all.insert(value) }
            }
        }
        try add(".\(type)")
        return all
    }

    private struct Malformed: Error {}

    private func add(
        _ bytes: Slice<UnsafeRawBufferPointer>, _ type: String, _ found: inout Set<String>
    ) throws {
        guard let fields = messages[type] else { throw Malformed() }
        var rest = bytes
        while !rest.isEmpty {
            let tag = try varint(&rest)
            guard let field = fields[tag >> 3] else { throw Malformed() }
            found.insert(field.name)
            switch tag & 7 {
            case 0: try add(try varint(&rest), field, &found)
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            default:
                let count = Int(try varint(&rest))
                var value = rest.prefix(count)
                rest = rest.dropFirst(count)
                if !field.message.isEmpty {
                    try add(value, field.message, &found)
                } else if field.values != nil {
                    while !value.isEmpty { try add(try varint(&value), field, &found) }
                }
            }
        }
    }

    private func add(_ number: UInt64, _ field: Field, _ found: inout Set<String>) throws {
        guard let values = field.values else { return }
        guard let value = values[number] else { throw Malformed() }
        found.insert(value)
    }

    private func varint(_ rest: inout Slice<UnsafeRawBufferPointer>) throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = rest.popFirst() else { throw Malformed() }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw Malformed()
    }
}
