import NIOCore
import TestSupport
import Testing

@testable import RCP

/// What SPEC.md says of a frame's header against what the code takes, for every header that there may be.
@Suite struct HeaderSpecificationTests {
    private let specification: Specification

    init() throws { specification = try Specification() }

    private static let flags: [String: RCPFrameFlags] = [
        "END": .end, "MORE": .more, "COMPRESSED": .compressed, "HAS_MESSAGE": .hasMessage,
        "IGNORABLE": .ignorable,
    ]
    private static let features: [String: RCPFeatures] = [
        "FRAGMENTS": .fragments, "COMPRESSION": .compression, "STREAMING": .streaming,
    ]

    private func number(_ cell: String) -> Int? {
        cell.hasPrefix("0x") ? Int(cell.dropFirst(2), radix: 16) : nil
    }

    /// Why a receiver that may get the type does not take the header; nil if it does.
    private func violation(
        _ type: RCPFrameType, _ flags: RCPFrameFlags? = nil, bytes: Int? = nil, stream: UInt32? = nil
    ) -> RCPViolation? {
        let role = RCPRole.allCases.first { $0.mayReceive(type) }!
        let rules = RCPHeaderRules(
            role: role, framePayloadBytesMax: Self.frameBytesMax, features: .implemented)
        let usual: RCPFrameFlags = [.request, .message, .response].contains(type) ? [.end, .hasMessage] : []
        let header = RCPFrameHeader(
            payloadBytes: bytes ?? Self.fixedBytes[type] ?? 0, type: type, flags: flags ?? usual,
            stream: stream ?? (type.rawValue >= RCPFrameType.request.rawValue ? 1 : 0))
        do throws(RCPViolation) {
            #expect(try header.check(rules) == type)
        } catch {
            return error
        }
        return nil
    }

    private static let frameBytesMax = RCPLimits().framePayloadBytesMax
    private static let fixedBytes: [RCPFrameType: Int] = [.ping: 8, .pong: 8, .credit: 4, .cancel: 1]

    @Test func everyFlagWithItsBit() throws {
        let rows = specification.rows("### 3.3").filter { number($0[0]) != nil }
        #expect(Set(rows.map { $0[1] }) == Set(Self.flags.keys))
        for row in rows { #expect(Self.flags[row[1]]?.rawValue == UInt8(number(row[0])!), "\(row)") }
        let stated = RCPFrameFlags(rawValue: rows.reduce(0) { $0 | UInt8(number($1[0])!) })
        // The other bits are zero, and IGNORABLE stands on no type that is known.
        for bit in (0..<8).map({ RCPFrameFlags(rawValue: 1 << $0) }) {
            let isTaken = RCPFrameType.allCases.contains { type in
                RCPFrameType.taken(type) { violation(type, $0) }.contains { $0.contains(bit) }
            }
            #expect(isTaken == (stated.contains(bit) && bit != .ignorable), "bit \(bit.rawValue)")
        }
        for byte in UInt8.min...UInt8.max {
            let header = RCPFrameHeader(
                payloadBytes: 0, typeNumber: 0xEF, flags: .init(rawValue: byte), method: 0, stream: 0)
            let isIgnorable = byte & RCPFrameFlags.ignorable.rawValue != 0
            do throws(RCPViolation) {
                #expect(try header.check(.beforeHandshake(.server)) == nil && isIgnorable)
            } catch {
                #expect(error == .typeUnknown && !isIgnorable)
            }
        }
    }

    @Test func everyTypeWithTheFlagsThatMayStandOnIt() throws {
        let rows = specification.rows("### 3.3")
        let head = try #require(rows.first { $0[0] == "Type" })
        let names = Set(RCPFrameType.allCases.map { "\($0)".uppercased() })
        let table = rows.drop { $0 != head }.dropFirst(2)
        #expect(Set(table.map { $0[0] }).subtracting(["all others"]).isSubset(of: names))
        for type in RCPFrameType.allCases {
            let row = try #require(table.first { $0[0] == "\(type)".uppercased() } ?? table.last)
            let taken = RCPFrameType.taken(type) { violation(type, $0) }
            for (cell, name) in zip(row, head).dropFirst() {
                let flag = try #require(Self.flags[name])
                #expect((cell == "yes") == taken.contains { $0.contains(flag) }, "\(type) \(name)")
            }
            // The list below the table.
            for flags in (UInt8.min...UInt8.max).map(RCPFrameFlags.init(rawValue:)) {
                #expect(taken.contains(flags) == mayStand(flags, on: type), "\(type) \(flags.rawValue)")
            }
        }
    }

    /// As §3.3 says it in words.
    private func mayStand(_ flags: RCPFrameFlags, on type: RCPFrameType) -> Bool {
        let messages: RCPFrameFlags = [.end, .more, .compressed, .hasMessage]
        guard [.request, .message, .response].contains(type) else { return flags.isEmpty }
        guard flags.isSubset(of: messages) else { return false }
        if !flags.isDisjoint(with: [.more, .compressed]), !flags.contains(.hasMessage) { return false }
        if flags.contains([.more, .end]) { return false }
        switch type {
        case .response: return flags.contains(.end) != flags.contains(.more)
        case .message: return !flags.isDisjoint(with: [.hasMessage, .end])
        default: return true
        }
    }

    @Test func everyTypeWithItsStreamAndItsLength() throws {
        let limits = [
            "helloPayloadBytesMax": RCPLimits.helloPayloadBytesMax,
            "noticePayloadBytesMax": RCPLimits.noticePayloadBytesMax,
            "framePayloadBytesMax": Self.frameBytesMax,
        ]
        let rows = specification.rows("### 3.2").filter { number($0[0]) != nil }
        for (row, type) in zip(rows, RCPFrameType.allCases) {
            #expect((violation(type, stream: 0) == nil) == (row[3] != "not 0"), "\(row)")
            #expect((violation(type, stream: 1) == nil) == (row[3] != "0"), "\(row)")
            let bound = row[4].split(separator: " ")
            if bound[0] == "=" {
                let length = try #require(Int(bound[1]))
                for bytes in 0...20 {
                    #expect(violation(type, bytes: bytes) == (bytes == length ? nil : .payloadLengthWrong))
                }
            } else {
                let max = try #require(limits[String(bound[1])], "\(row)")
                #expect(violation(type, bytes: max) == nil)
                #expect(violation(type, bytes: max + 1) == .payloadTooLarge)
            }
        }
    }

    @Test func everyFeatureWithItsBit() {
        let rows = specification.rows("### 8.2").filter { number($0[0]) != nil }
        #expect(Set(rows.map { $0[1] }) == Set(Self.features.keys))
        for row in rows {
            let feature = Self.features[row[1]]!
            #expect(Int(feature.rawValue) == number(row[0]))
            #expect(RCPFeatures.offered.contains(feature) == (row[3] == "offered"), "\(row)")
        }
        #expect(RCPFeatures.implemented.rawValue == UInt32(rows.reduce(0) { $0 | number($1[0])! }))
    }
}

extension RCPFrameType {
    /// All flags with which a header of the type is taken.
    fileprivate static func taken(
        _ type: RCPFrameType, _ violation: (RCPFrameFlags) -> RCPViolation?
    ) -> [RCPFrameFlags] {
        (UInt8.min...UInt8.max).map(RCPFrameFlags.init(rawValue:)).filter { violation($0) == nil }
    }
}
