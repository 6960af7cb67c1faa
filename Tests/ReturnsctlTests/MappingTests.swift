import Foundation
import ReturnsAPI
import Testing

@testable import returnsctl

@Suite("What import lines become")
struct MappingTests {
    static let london = TimeFormat(zone: TimeZone(identifier: "Europe/London")!)
    let orders = OrderMapping(saleChannel: "online", times: london)
    let cases = CaseMapping(saleChannel: "online", times: london, defaults: CaseDefaults(), isDryRun: false)

    func line(_ text: String) -> ImportLine { ImportLine(number: 1, bytes: Data(text.utf8)) }

    /// Placed at 10:00 in Shanghai, which is 02:00 UTC, whatever zone the file is read in; an offset counts as it is written.
    @Test func timesAreOfTheOrdersOwnZone() throws {
        func placed(_ zone: String, _ time: String) throws -> Int64? {
            try orders.item(
                line(
                    """
                    {"order_no":"1","placed_at":"\(time)","time_zone":"\(zone)","currency":"GBP",\
                    "lines":[{"sku":"MUG","quantity":1,"unit_price_minor":1}]}
                    """))?.request.order.placedAtMs
        }
        #expect(try placed("Asia/Shanghai", "2026-01-05 10:00:00") == 1_767_578_400_000)
        #expect(try placed("", "2026-01-05 10:00:00") == 1_767_607_200_000)
        #expect(try placed("Asia/Shanghai", "2026-01-05T10:00:00Z") == 1_767_607_200_000)
        #expect(try placed("Asia/Peking", "2026-01-05 10:00:00") == 1_767_607_200_000)
    }

    /// London's clocks went from 01:00 to 02:00 on 27 March 2011.
    @Test func aTimeThatNoClockShowsIsRefused() throws {
        func order(_ time: String, _ zone: String = "") throws -> Int64? {
            try orders.item(
                line(
                    """
                    {"order_no":"1","placed_at":"\(time)","time_zone":"\(zone)","currency":"GBP",\
                    "lines":[{"sku":"MUG","quantity":1,"unit_price_minor":1}]}
                    """))?.request.order.placedAtMs
        }
        let refusal = #expect(throws: ImportRefusal.self) { try order("2011-03-27 01:30:00") }
        #expect(refusal?.reason == "TIME_SKIPPED" && refusal?.field == "placed_at")
        #expect(refusal?.text.contains("no time in Europe/London") == true)
        #expect(try order("2011-03-27 01:30:00+00:00") == 1_301_189_400_000)
        // 01:30 in Shanghai is 17:30 UTC of the day before.
        #expect(try order("2011-03-27 01:30:00", "Asia/Shanghai") == 1_301_160_600_000)
        let asked = #"{"return_no":"C1","requested_at":"2011-03-27 01:30","order_no":"1","lines":[]}"#
        let late = #expect(throws: ImportRefusal.self) { try cases.item(line(asked)) }
        #expect(late?.reason == "TIME_SKIPPED" && late?.field == "requested_at")
    }

    /// Sixteen orders, each with one SKU on two lines at two prices, as the shop's files have them.
    static let twoPriceOrders: [String] = (0..<16).map { number in
        """
        {"order_no":"\(536_365 + number)","placed_at":"2010-12-01 08:26:00","customer_id":"17850",\
        "country":"United Kingdom","currency":"GBP","lines":[\
        {"sku":"85123A","name":"WHITE HANGING HEART T-LIGHT HOLDER","quantity":6,"unit_price_minor":255},\
        {"sku":"71053","name":"WHITE METAL LANTERN","quantity":2,"unit_price_minor":\(339 + number)},\
        {"sku":"85123A","name":"WHITE HANGING HEART T-LIGHT HOLDER","quantity":1,"unit_price_minor":295}]}
        """
    }

    @Test(
        "a flat order: lines named by position, one payment of the total",
        arguments: twoPriceOrders.enumerated().map { ($0.offset, $0.element) })
    func flatOrder(number: Int, text: String) throws {
        let item = try #require(try orders.item(line(text)))
        let order = item.request.order
        #expect(order.key.saleChannel == "online")
        #expect(order.key.orderNo == "\(536_365 + number)")
        #expect(order.placedAtMs == 1_291_191_960_000)
        #expect(order.lines.map(\.lineID) == ["1", "2", "3"])
        #expect(order.lines.map(\.sku) == ["85123A", "71053", "85123A"])
        #expect(order.lines.map(\.unitPriceMinor) == [255, Int64(339 + number), 295])
        #expect(order.lines.allSatisfy { !$0.hasPaidMinor })
        #expect(order.payments.count == 1)
        #expect(order.payments[0].reference == order.key.orderNo)
        #expect(order.payments[0].method == .card)
        #expect(order.payments[0].amountMinor == 6 * 255 + 2 * Int64(339 + number) + 295)
        #expect(item.key == "online/\(536_365 + number)")
    }

    @Test("a flat order tells its delivery, its zone, and what was promised for its lines")
    func flatPromises() throws {
        let text =
            #"{"order_no":"7","placed_at":"2026-03-20 10:00:00","delivered_at":"2026-03-29 10:00:00","#
            + #""time_zone":"Europe/London","currency":"GBP","lines":["#
            + #"{"sku":"CAKE","quantity":1,"unit_price_minor":900,"category":"fresh","return_days":0},"#
            + #"{"sku":"MUG","quantity":1,"unit_price_minor":450}]}"#
        let order = try #require(try orders.item(line(text))).request.order
        // Summer time begins on 2026-03-29: ten o'clock is 09:00 UTC.
        #expect(order.deliveredAtMs == 1_774_774_800_000 && order.status == .delivered)
        #expect(order.timeZone == "Europe/London")
        #expect(order.lines.map(\.category) == ["fresh", ""])
        #expect(order.lines.map(\.hasReturnDays) == [true, false] && order.lines[0].returnDays == 0)
        let onItsWay = try #require(try orders.item(line(Self.twoPriceOrders[0]))).request.order
        #expect(onItsWay.status == .placed && !onItsWay.hasDeliveredAtMs)
        let noTime = #"{\#(Self.head),"delivered_at":"soon","lines":[]}"#
        let refusal = #expect(throws: ImportRefusal.self) { try orders.item(line(noTime)) }
        #expect(refusal?.reason == "TIME_MALFORMED" && refusal?.field == "delivered_at")
    }

    @Test("a flat order that is paid in part says what was paid of its lines, and what is outstanding")
    func flatPaidInPart() throws {
        let text =
            #"{\#(Self.head),"outstanding_minor":700,"lines":["#
            + #"{"sku":"CAKE","quantity":2,"unit_price_minor":900,"paid_minor":1100},"#
            + #"{"sku":"MUG","quantity":1,"unit_price_minor":450}]}"#
        let order = try #require(try orders.item(line(text))).request.order
        #expect(order.outstandingMinor == 700)
        #expect(order.lines.map(\.hasPaidMinor) == [true, false] && order.lines[0].paidMinor == 1_100)
        // 11.00 and 4.50: what was paid, not what was to be.
        #expect(order.payments.map(\.amountMinor) == [1_550])
        let quoted = #"{\#(Self.head),"outstanding_minor":"700","lines":[]}"#
        let refusal = #expect(throws: ImportRefusal.self) { try orders.item(line(quoted)) }
        #expect(refusal?.reason == "MALFORMED" && refusal?.field == "outstanding_minor")
    }

    @Test("a flat return says of each line why it comes back")
    func flatStatements() throws {
        let text =
            #"{"return_no":"R1","requested_at":"2026-03-30 10:00:00","order_no":"7","lines":["#
            + #"{"sku":"MUG","quantity":1,"reason":"damaged","note":"in two pieces","serial_numbers":["A1"]},"#
            + #"{"sku":"CUP","quantity":1}]}"#
        let request = try #require(try cases.item(line(text))).request
        #expect(request.lines.map(\.reasonCode) == ["damaged", ""] && request.reasonCode == "other")
        #expect(request.lines[0].note == "in two pieces" && request.lines[0].serialNumbers == ["A1"])
        let wrong = #"{"return_no":"R","lines":[{"sku":"a","quantity":1,"serial_numbers":[1]}]}"#
        let refusal = #expect(throws: ImportRefusal.self) { try cases.item(line(wrong)) }
        #expect(refusal?.field == "lines[0].serial_numbers[0]" && refusal?.reason == "MALFORMED")
    }

    @Test("an order in canonical JSON, alone or as a request")
    func canonicalOrder() throws {
        let order = Returns_V1_Order.with {
            $0.key.orderNo = "A1"
            $0.key.saleChannel = "store"
            $0.currency = "CNY"
            $0.placedAtMs = 5
            $0.lines = [.with { $0.lineID = "x" }]
        }
        #expect(try orders.item(line(try order.jsonString()))?.request.order == order)
        let request = Returns_V1_PutOrderRequest.with { $0.order = order }
        #expect(try orders.item(line(try request.jsonString()))?.request == request)
    }

    @Test(
        "a key that stands twice in one object is refused, whatever else the line is",
        arguments: [
            (#"{"order_no":"1","lines":[{"sku":"a"},{"quantity":3,"quantity":30}]}"#, "lines[1].quantity"),
            (#"{"key":{"orderNo":"1"},"currency":"GBP","currency":"EUR"}"#, "currency"),
            (#"{"a":{"b":"\"}","c":[[1,{"d":1,"\u0064":2}]]}}"#, "a.c[0][1].d"),
        ])
    func repeatedKey(text: String, field: String) {
        for refusal in [
            #expect(throws: ImportRefusal.self) { try orders.item(line(text)) },
            #expect(throws: ImportRefusal.self) { try cases.item(line(text)) },
        ] {
            #expect(refusal?.reason == "FIELD_REPEATED" && refusal?.field == field)
        }
    }

    @Test("the same key in two objects is none that stands twice")
    func noRepeatedKey() throws {
        let text = #"{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"a","d":["a","a"]}"#
        #expect(try JSONText(Data(text.utf8)).members.map(\.key) == ["a", "b", "c", "d"])
    }

    @Test("blank lines are no orders")
    func blank() throws {
        #expect(try orders.item(line("  \t")) == nil)
        #expect(try cases.item(line("")) == nil)
    }

    static let head = #""order_no":"1","placed_at":"2010-12-01 08:26:00","currency":"GBP""#

    @Test(
        "orders that can never be sent",
        arguments: [
            ("{", "MALFORMED", ""), ("[]", "MALFORMED", ""),
            (#"{"order_no":null,"placed_at":"x","currency":"GBP","lines":[]}"#, "FIELD_REQUIRED", "order_no"),
            (
                #"{"order_no":"1","placed_at":"yesterday","currency":"GBP","lines":[]}"#, "TIME_MALFORMED",
                "placed_at"
            ),
            ("{\(head)}", "FIELD_REQUIRED", "lines"),
            (
                #"{\#(head),"lines":[{"sku":"a","quantity":1}]}"#, "FIELD_REQUIRED",
                "lines[0].unit_price_minor"
            ),
            (
                #"{\#(head),"lines":[{"sku":"a","quantity":"1","unit_price_minor":1}]}"#, "MALFORMED",
                "lines[0].quantity"
            ),
            (
                #"{\#(head),"lines":[{"sku":"a","quantity":1.5,"unit_price_minor":1}]}"#, "MALFORMED",
                "lines[0].quantity"
            ),
            (
                #"{\#(head),"lines":[{"sku":"a","quantity":1,"unit_price_minor":1000000000000000000000000000000}]}"#,
                "NUMBER_OUT_OF_RANGE", "lines[0].unit_price_minor"
            ),
            (
                #"{\#(head),"lines":[{"sku":"a","quantity":4611686018427387904,"unit_price_minor":4}]}"#,
                "AMOUNT_OVERFLOW", "lines[0]"
            ),
            (#"{\#(head),"lines":[],"customer_id":20080000000000000001}"#, "MALFORMED", "customer_id"),
            (#"{\#(head),"lines":{}}"#, "MALFORMED", "lines"),
            (#"{\#(head),"lines":[1]}"#, "MALFORMED", "lines[0]"),
            (#"{\#(head),"lines":[],}"#, "MALFORMED", ""),
            (#"{\#(head),"lines":[],"discount":5}"#, "FIELD_UNKNOWN", "discount"),
            (
                #"{\#(head),"lines":[{"sku":"a","quantity":1,"unit_price_minor":1,"color":1}]}"#,
                "FIELD_UNKNOWN", "lines[0].color"
            ),
        ])
    func badOrders(text: String, reason: String, field: String) {
        let refusal = #expect(throws: ImportRefusal.self) { try orders.item(line(text)) }
        #expect(refusal?.reason == reason)
        #expect(refusal?.field == field)
        #expect(refusal?.text.isEmpty == false)
    }

    @Test(
        "both forms name what does not fit in one voice",
        arguments: [
            (
                #"{"return_no":"R","order_no":20080000000000000001,"lines":[]}"#,
                "is not a text: write it in quotes"
            ),
            (#"{"return_no":"R","order_no":2008.5,"lines":[]}"#, "is not a text: write it in quotes"),
            (#"{"return_no":"R","lines":[{"sku":5,"quantity":1}]}"#, "is not a text: write it in quotes"),
            (#"{"return_no":"R","lines":{}}"#, "is not a list: write [ … ]"),
            (#"{"channelRef":"R","lines":{}}"#, "is not a list: write [ … ]"),
            (
                #"{"return_no":"R","lines":[{"sku":"a","quantity":1,"unit_price_minor":"450"}]}"#,
                "is a text: write the number without quotes"
            ),
            (
                #"{"return_no":"R","lines":[{"sku":"a","quantity":1e999}]}"#,
                "is beyond every amount and quantity: correct the number"
            ),
            (
                #"{"channelRef":"R","lines":[{"sku":"a","quantity":1e999}]}"#,
                "is beyond every amount and quantity: correct the number"
            ),
            (
                #"{"return_no":"R","lines":[{"sku":"a","quantity":1,"name":"Mug"}]}"#,
                "is not known here; known are line_id, note, quantity, reason, serial_numbers, sku, unit_price_minor"
            ),
            (#"{"return_no":"R",,"lines":[]}"#, "this is no return request: it is malformed near column 18"),
        ])
    func oneVoice(text: String, words: String) {
        let refusal = #expect(throws: ImportRefusal.self) { try cases.item(line(text)) }
        #expect(refusal?.text == words)
    }

    static let flatReturn = """
        {"return_no":"C536391-X22556","requested_at":"2010-12-01 10:24:00","customer_id":"17548","order_no":"536365",\
        "lines":[{"sku":"85123A","quantity":2,"unit_price_minor":255},{"sku":"71053","quantity":1}]}
        """

    @Test("a flat return request")
    func flatReturn() throws {
        let request = try #require(try cases.item(line(Self.flatReturn))).request
        #expect(request.order.orderNo == "536365")
        #expect(request.order.saleChannel == "online")
        #expect(request.channelRef == "C536391-X22556")
        #expect(request.requestedAtMs == 1_291_199_040_000)
        #expect(request.customerID == "17548")
        #expect(request.reasonCode == "other")
        #expect(request.intakeChannel == .website)
        #expect(request.lines.map(\.quantity) == [2, 1])
        #expect(request.lines[0].unitPriceMinor == 255)
        #expect(!request.lines[1].hasUnitPriceMinor)
        #expect(!request.dryRun)
    }

    @Test("defaults")
    func defaults() throws {
        var defaults = CaseDefaults()
        try defaults.set("reason=damaged")
        try defaults.set("intake_channel=hotline")
        try defaults.set("return_method=drop-off")
        #expect(defaults == CaseDefaults(reason: "damaged", intakeChannel: .hotline, returnMethod: .dropOff))
        let mapping = CaseMapping(
            saleChannel: "store", times: Self.london, defaults: defaults, isDryRun: true)
        let flat = try #require(try mapping.item(line(Self.flatReturn))).request
        #expect(flat.reasonCode == "damaged")
        #expect(flat.returnMethod == .dropOff)
        #expect(flat.order.saleChannel == "store")
        #expect(flat.dryRun)
        let canonical = try #require(
            try mapping.item(
                line(#"{"order":{"orderNo":"9"},"reasonCode":"faulty","lines":[{"sku":"a","quantity":"1"}]}"#)
            )
        ).request
        #expect(canonical.reasonCode == "faulty", "what the line says counts")
        #expect(canonical.intakeChannel == .hotline)
        for wrong in ["reason", "reason=", "colour=red", "intake_channel=pigeon"] {
            #expect(throws: CommandFailure.self) { try defaults.set(wrong) }
        }
    }

    @Test("a flat line says what else the form has by its field's name")
    func fieldsByName() throws {
        let text =
            #"{"return_no":"R1","requested_at":"2010-12-01 09:49:00","order_no":"1","lines":[],"#
            + #""freeText":"it broke","contact":{"name":"Ann"},"return_method":"RETURN_METHOD_CARRIER","#
            + #""reasonCode":"faulty"}"#
        let request = try #require(try cases.item(line(text))).request
        #expect(request.freeText == "it broke" && request.contact.name == "Ann")
        #expect(request.returnMethod == .carrier && request.reasonCode == "faulty")
        #expect(request.channelRef == "R1" && request.order.orderNo == "1")
    }

    @Test(
        "requests that can never be sent",
        arguments: [
            (
                #"{"return_no":"C1","requested_at":"2010-12-01 09:49:00","customer_id":"1","order_no":null,"lines":[]}"#,
                "ORDER_MISSING", "order_no"
            ),
            (#"{"channelRef":"C1"}"#, "ORDER_MISSING", "order.orderNo"),
            (
                #"{"return_no":"C1","requested_at":"noon","order_no":"1","lines":[]}"#, "TIME_MALFORMED",
                "requested_at"
            ),
            (#"{"return_no":"C1","requested_at":"2010-12-01","order_no":"1"}"#, "FIELD_REQUIRED", "lines"),
            (#"{"chanelRef":"C1"}"#, "FIELD_UNKNOWN", "chanelRef"),
            (
                #"{"return_no":"C1","requested_at":"2010-12-01 09:49:00","order_no":"1","lines":[],"gifts":1}"#,
                "FIELD_UNKNOWN", "gifts"
            ),
            (
                #"{"return_no":"C1","requested_at":"2010-12-01 09:49:00","order_no":"1","lines":[],"freeText":1}"#,
                "MALFORMED", "freeText"
            ),
            (
                #"{"return_no":"C1","requested_at":"2010-12-01 09:49:00","order_no":"1","lines":[],"contact":{"nam":"A"}}"#,
                "FIELD_UNKNOWN", "contact.nam"
            ),
            (#"{"return_no":"C1","order_no":"1","lines":[]}"#, "FIELD_REQUIRED", "requested_at"),
            // What belongs to the command line.
            (
                #"{"return_no":"C1","requested_at":"2010-12-01 09:49:00","order_no":"1","lines":[],"dry_run":true}"#,
                "FIELD_NOT_TAKEN", "dry_run"
            ),
            (#"{"order":{"orderNo":"9"},"dryRun":true}"#, "FIELD_NOT_TAKEN", "dryRun"),
            // One thing by two names: either would be lost.
            (
                #"{"channelRef":"C1","channel_ref":"C2","order":{"orderNo":"9"}}"#, "FIELD_TWICE",
                "channel_ref"
            ),
        ])
    func badCases(text: String, reason: String, field: String) {
        let refusal = #expect(throws: ImportRefusal.self) { try cases.item(line(text)) }
        #expect(refusal?.reason == reason)
        #expect(refusal?.field == field)
    }

    @Test("a flat line that says a thing by two names is refused, with both")
    func saidTwice() throws {
        let flat: [(key: String, value: String)] = [
            ("return_no", #""R1""#), ("requested_at", #""2010-12-01 09:49:00""#), ("order_no", #""1""#),
            ("lines", "[]"),
        ]
        let twice: [(own: String, value: String, field: String, other: String)] = [
            ("return_no", #""R1""#, "channelRef", #""R2""#), ("return_no", #""R1""#, "channel_ref", #""R1""#),
            ("requested_at", #""2010-12-01 09:49:00""#, "requestedAtMs", #""5""#),
            ("order_no", #""1""#, "order", #"{"orderNo":"2"}"#),
            ("sale_channel", #""store""#, "order", #"{"orderNo":"2"}"#),
            ("reason", #""damaged""#, "reasonCode", #""faulty""#),
            ("reason", "null", "reason_code", #""faulty""#),
        ]
        for (own, value, field, other) in twice {
            // Of the flat keys, those that say nothing of what is at hand.
            let rest = flat.filter { $0.key != own && !($0.key == "order_no" && field == "order") }
            let all = rest + [(own, value), (field, other)]
            let text = "{\(all.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
            let refusal = #expect(throws: ImportRefusal.self) { try cases.item(line(text)) }
            #expect(refusal?.reason == "FIELD_TWICE" && refusal?.field == own, "\(text)")
            #expect(refusal?.text.contains(field) == true)
        }
    }

    @Test("fields of the form stand in a flat line for the flat keys of the same meaning")
    func fieldsAlone() throws {
        let text =
            #"{"order":{"orderNo":"7","saleChannel":"store"},"channelRef":"R9","requestedAtMs":"5","#
            + #""reason":"damaged","intake_channel":"hotline","lines":[{"sku":"a","quantity":1}]}"#
        let request = try #require(try cases.item(line(text))).request
        #expect(request.order.orderNo == "7" && request.order.saleChannel == "store")
        #expect(request.channelRef == "R9" && request.requestedAtMs == 5 && request.reasonCode == "damaged")
        #expect(request.intakeChannel == .hotline && request.lines.map(\.sku) == ["a"])
        let byReason =
            #"{"return_no":"R1","requested_at":"2010-12-01 09:49:00","order_no":"1","lines":[],"reasonCode":"faulty"}"#
        #expect(try cases.item(line(byReason))?.request.reasonCode == "faulty")
    }

    @Test("a request id follows from the content alone")
    func requestID() throws {
        let first = try #require(try cases.item(line(Self.flatReturn))).request
        let again = try #require(try cases.item(line(Self.flatReturn))).request
        #expect(try CaseMapping.requestID(first) == CaseMapping.requestID(again))
        #expect(try !CaseMapping.requestID(first).isZero)
        var other = first
        other.lines[0].quantity = 3
        #expect(try CaseMapping.requestID(other) != CaseMapping.requestID(first))
        var rehearsal = first
        rehearsal.dryRun = true
        #expect(try CaseMapping.requestID(rehearsal) != CaseMapping.requestID(first))
        // An import that is repeated with a newer returnsctl is the same. SHA-256 of "returns.v1.CaseService/SubmitCase" and a
        // zero, by Python's hashlib.
        let empty = try CaseMapping.requestID(Returns_V1_SubmitCaseRequest())
        #expect(empty.description == "d1e0de9d8653d2aefbca53529602b289")
    }

    @Test("documents are hashed, or named with their hash")
    func documents() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "voucher-\(UUID().uuidString).pdf"
        ).path
        try "abc".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        for (path, words) in [("/tmp", "/tmp is a folder"), ("/tmp/no/such.pdf", "there is no file")] {
            let failure = #expect(throws: CommandFailure.self) {
                try DocumentSource.document(path, .waybill)
            }
            #expect(failure?.text.hasPrefix(words) == true && failure?.exit == .usage)
        }
        let file = try DocumentSource.document(path, .waybill)
        #expect(DocumentSource.hexadecimal(file.sha256) == hash)
        #expect(file.reference == URL(fileURLWithPath: path).lastPathComponent)
        let named = try DocumentSource.document("WB-1@sha256:\(hash.uppercased())", .waybill)
        #expect(named.reference == "WB-1")
        #expect(named.sha256 == file.sha256)
        #expect(throws: CommandFailure.self) { try DocumentSource.document("WB-1@sha256:00", .waybill) }
        #expect(throws: CommandFailure.self) { try DocumentSource.document("/nowhere/waybill", .waybill) }
    }
}
