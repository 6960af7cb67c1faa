import NIOCore
import RCP
import Testing

@testable import RCPServer

/// The counts that all connections share, each apart from the server.
@Suite struct BooksTests {
    private typealias Book = RCPConnectionBook<Int>

    private static func limits(_ change: (inout RCPConnectionLimits) -> Void) -> RCPConnectionLimits {
        var limits = RCPConnectionLimits()
        change(&limits)
        return limits
    }

    private func displaced(_ opening: Book.Opening) -> (Int, RCPConnectionLimit)? {
        guard case .accepted(_, let displaced) = opening else { return nil }
        return displaced
    }

    // MARK: Connections

    @Test func aNewcomerTakesASilentOnesPlace() {
        var book = Book(limits: Self.limits { $0.handshakesMax = 3 })
        for number in 1...3 {
            #expect(
                displaced(book.opened(UInt64(number), number, from: .ipv4(UInt32(number)), lot: 0)) == nil)
        }
        let (connection, limit) = displaced(book.opened(4, 4, from: .ipv4(4), lot: 1))!
        #expect(connection == 2 && limit == .handshakes)
        #expect(book.openHandshakes == 3 && book.openConnections == 4)
        // It lost its place before its HELLO was looked at.
        #expect(book.admit(2, principal: "late", isAdministrator: true).limit == .handshakes)
        #expect(book.admit(4, principal: "quick", isAdministrator: false).limit == nil)
        #expect(book.openHandshakes == 2)
        for number in UInt64(1)...4 { book.closed(number) }
        #expect(book.openConnections == 0 && book.established == 0 && book.openHandshakes == 0)
    }

    @Test func anAddressDisplacesItsOwn() {
        var book = Book(limits: Self.limits { $0.addressHandshakesMax = 2 })
        _ = book.opened(1, 1, from: .ipv4(1), lot: 0)
        _ = book.opened(2, 2, from: .loopback, lot: 0)
        _ = book.opened(3, 3, from: .loopback, lot: 0)
        for lot in UInt64(0)..<20 {
            let (connection, limit) = displaced(
                book.opened(10 + lot, Int(10 + lot), from: .loopback, lot: lot))!
            #expect(connection != 1 && limit == .addressHandshakes)
        }
        #expect(book.admit(1, principal: "other", isAdministrator: false).limit == nil)
    }

    /// The lot falls on each with the same chance, so one that says HELLO soon is hardly ever displaced.
    @Test func aQuickHelloSurvivesAFlood() {
        var book = Book(limits: RCPConnectionLimits())
        var random = SystemRandomNumberGenerator()
        var number: UInt64 = 0
        func flood(_ count: Int) {
            for _ in 0..<count {
                number += 1
                guard
                    case .accepted(_, let displaced) = book.opened(
                        number, Int(number), from: .loopback, lot: random.next())
                else { continue }
                if let displaced { book.closed(UInt64(displaced.0)) }
            }
        }
        flood(2_000)
        var admitted = 0
        for _ in 0..<200 {
            number += 1
            let honest = number
            if case .accepted(_, let displaced?) = book.opened(
                honest, Int(honest), from: .loopback, lot: random.next())
            {
                book.closed(UInt64(displaced.0))
            }
            flood(10)
            if book.admit(honest, principal: "honest", isAdministrator: false).limit == nil { admitted += 1 }
        }
        #expect(admitted > 170)
        #expect((255...256).contains(book.openHandshakes))
    }

    @Test func placesAreKeptForAdministrators() {
        var book = Book(
            limits: Self.limits {
                $0.connectionsMax = 2
                $0.administratorConnectionsKept = 1
            })
        func enter(_ number: UInt64, _ name: String, isAdministrator: Bool = false) -> RCPConnectionLimit? {
            _ = book.opened(number, Int(number), from: .unix, lot: 0)
            return book.admit(number, principal: name, isAdministrator: isAdministrator).limit
        }
        #expect(enter(1, "a") == nil && enter(2, "b") == nil)
        guard case .accepted(true, nil) = book.opened(3, 3, from: .unix, lot: 0) else {
            Issue.record("a full server did not say so")
            return
        }
        #expect(book.admit(3, principal: "c", isAdministrator: false).limit == .connections)
        #expect(book.admit(3, principal: "root", isAdministrator: true).limit == nil)
        // Its newest connection takes the place of its oldest one.
        #expect(enter(4, "root", isAdministrator: true) == nil)
        #expect(book.connections(of: "root") == 1 && book.established == 3)
        #expect(enter(6, "other", isAdministrator: true) == .connections)
        #expect(book.closed(1) == "a")
        #expect(enter(5, "root", isAdministrator: true) == nil)
        #expect(book.closed(3) == nil && book.closed(4) == nil)
        #expect(book.closed(5) == "root")
    }

    /// A program has lost count of its connections, and the only administrators' token is its own.
    @Test func anAdministratorIsNeverLockedOutByItsOwnToken() {
        var book = Book(limits: Self.limits { $0.principalConnectionsMax = 3 })
        func enter(_ number: UInt64) -> Book.Admission {
            _ = book.opened(number, Int(number), from: .unix, lot: 0)
            return book.admit(number, principal: "root", isAdministrator: true)
        }
        for number in UInt64(1)...3 { #expect(enter(number).displaced == nil) }
        // The second has gone by itself; then the oldest of those that are there goes.
        book.closed(2)
        #expect(enter(4).displaced == nil)
        let fifth = enter(5)
        #expect(fifth.limit == nil && fifth.displaced == 1)
        let sixth = enter(6)
        #expect(sixth.limit == nil && sixth.displaced == 3)
        #expect(book.connections(of: "root") == 3)
        // Its account lasts as long as any of its connections.
        for number in [UInt64(4), 5, 6, 1] { #expect(book.closed(number) == nil) }
        #expect(book.closed(3) == "root")
        #expect(book.established == 0 && book.openConnections == 0)
    }

    @Test func oneAdministratorLeavesPlacesToAllOthers() {
        var book = Book(
            limits: Self.limits {
                $0.connectionsMax = 4
                $0.administratorConnectionsKept = 2
            })
        func enter(_ number: UInt64, _ name: String, isAdministrator: Bool) -> RCPConnectionLimit? {
            _ = book.opened(number, Int(number), from: .unix, lot: 0)
            return book.admit(number, principal: name, isAdministrator: isAdministrator).limit
        }
        for number in UInt64(1)...9 { #expect(enter(number, "root", isAdministrator: true) == nil) }
        #expect(book.connections(of: "root") == 3)
        #expect(enter(10, "a", isAdministrator: false) == nil)
        #expect(enter(11, "b", isAdministrator: false) == nil)
        #expect(enter(12, "c", isAdministrator: false) == .connections)
        #expect(enter(13, "other", isAdministrator: true) == nil)
        #expect(enter(14, "third", isAdministrator: true) == .connections)
        #expect(book.established == 6)
    }

    @Test func aPrincipalAndAnAddressHaveTheirShare() {
        var book = Book(
            limits: Self.limits {
                $0.principalConnectionsMax = 2
                $0.addressConnectionsMax = 3
            })
        func enter(
            _ number: UInt64, _ name: String, from address: RCPPeerAddress = .ipv4(9),
            isAdministrator: Bool = false
        ) -> RCPConnectionLimit? {
            _ = book.opened(number, Int(number), from: address, lot: 0)
            return book.admit(number, principal: name, isAdministrator: isAdministrator).limit
        }
        #expect(enter(1, "a") == nil && enter(2, "a") == nil)
        #expect(enter(3, "a") == .principal && enter(4, "a", from: .ipv4(8)) == .principal)
        #expect(enter(5, "b") == nil)
        #expect(enter(6, "c") == .address)
        #expect(enter(7, "c", from: .ipv6(1)) == nil && enter(8, "c", from: .unix) == nil)
        #expect(enter(9, "root", isAdministrator: true) == nil)
        book.closed(5)
        book.closed(9)
        #expect(enter(10, "d") == nil)
    }

    @Test func aProxyOnThisMachineMayStandForMany() {
        let limits = RCPConnectionLimits()
        #expect(limits.addressMax(.loopback) == nil && limits.addressMax(.unix) == nil)
        #expect(limits.addressMax(.ipv4(1)) == RCPConnectionLimits.addressConnectionsDefault)
        let stated = Self.limits { $0.addressConnectionsMax = 5 }
        #expect(stated.addressMax(.loopback) == 5 && stated.addressMax(.unix) == nil)
    }

    @Test func moreThanAllPlacesAreClosedWithoutAWord() {
        var book = Book(
            limits: Self.limits {
                $0.connectionsMax = 1
                $0.administratorConnectionsKept = 0
                $0.handshakesMax = 2
            })
        // Those that are displaced stay until they have closed.
        for number in UInt64(1)...5 { _ = book.opened(number, Int(number), from: .unix, lot: 0) }
        guard case .beyond = book.opened(6, 6, from: .unix, lot: 0) else {
            Issue.record("the sixth connection was accepted")
            return
        }
        book.closed(1)
        guard case .accepted = book.opened(7, 7, from: .unix, lot: 0) else {
            Issue.record("there was no place after one had gone")
            return
        }
    }

    @Test(arguments: [20, 100, 1_000, 10_000, 18_448, 100_000])
    func limitsFitTheFilesThatMayBeOpen(sockets: Int) {
        let limits = RCPConnectionLimits().fitting(sockets: sockets)
        #expect(limits.isValid)
        #expect(limits.socketsMax <= sockets)
        #expect(limits.connectionsMax >= sockets / 2 || limits == RCPConnectionLimits())
    }

    // MARK: Addresses

    @Test(arguments: [
        ("127.0.0.9", RCPPeerAddress.loopback), ("::1", .loopback), ("::ffff:127.0.0.1", .loopback),
        ("192.0.2.1", .ipv4(0xC000_0201)), ("::ffff:192.0.2.1", .ipv4(0xC000_0201)),
        ("2001:db8:1:2::7", .ipv6(0x2001_0db8_0001_0002)),
        ("2001:db8:1:2:ffff::", .ipv6(0x2001_0db8_0001_0002)),
    ])
    func addressesThatAreOnePeers(text: String, address: RCPPeerAddress) throws {
        #expect(RCPPeerAddress(try SocketAddress(ipAddress: text, port: 7)) == address)
    }

    // MARK: Streams

    @Test func streamsAreCountedByPrincipalAndInAll() {
        var limits = RCPTransportLimits()
        limits.serverStreamsMax = 3
        limits.principalStreamsMax = 2
        limits.administratorStreamsKept = 1
        var book = RCPStreamBook(limits)
        #expect(book.opened(by: "a", isAdministrator: false) == nil)
        #expect(book.opened(by: "a", isAdministrator: false) == nil)
        #expect(book.opened(by: "a", isAdministrator: false) == .principal)
        #expect(book.opened(by: "b", isAdministrator: false) == nil)
        #expect(book.opened(by: "c", isAdministrator: false) == .server)
        #expect(book.opened(by: "root", isAdministrator: true) == nil)
        #expect(book.opened(by: "root", isAdministrator: true) == .server)
        book.closed(by: "a")
        #expect(book.streams(of: "a") == 1 && book.openStreams == 3)
    }

    // MARK: Bytes

    @Test func bytesAreTheServersAndThePrincipals() {
        let budget = RCPByteBudget(serverBytesMax: 100, principalBytesMax: 60)
        let (one, other) = (RCPByteBudget.Share(budget), RCPByteBudget.Share(budget))
        #expect(one.take(60) == nil)
        #expect(one.take(1) == .principal)
        #expect(other.take(41) == .server)
        #expect(other.takenBytes == 0)
        #expect(other.take(40) == nil)
        one.giveBack(60)
        other.giveBack(40)
        #expect(budget.takenBytes == 0 && one.takenBytes == 0)
    }

    @Test func manyThreadsTakeNoMoreThanThereIs() async {
        let budget = RCPByteBudget(serverBytesMax: 1_000, principalBytesMax: 1_000)
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<4 {
                tasks.addTask {
                    let share = RCPByteBudget.Share(budget)
                    for _ in 0..<2_000 where share.take(400) == nil {
                        share.giveBack(400)
                    }
                }
            }
        }
        #expect(budget.takenBytes == 0)
    }
}
