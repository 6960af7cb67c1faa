import Foundation
import RCPTracing
import Tracing

/// One line of OpenTelemetry's file format: an ExportTraceServiceRequest as OTLP's JSON has it, ids in hexadecimal and
/// nanoseconds as strings.
struct OTLPLine: Encodable {
    let resourceSpans: [ResourceSpans]

    init(_ spans: [RecordedSpan]) {
        resourceSpans = [
            ResourceSpans(
                resource: Resource(attributes: [
                    Attribute("service.name", .string("returnsd")),
                    Attribute("service.version", .string(serverVersion)),
                ]),
                scopeSpans: [
                    ScopeSpans(
                        scope: Scope(name: "returnsd", version: serverVersion),
                        spans: spans.map(OTLPSpan.init))
                ])
        ]
    }

    struct ResourceSpans: Encodable {
        let resource: Resource
        let scopeSpans: [ScopeSpans]
    }

    struct Resource: Encodable {
        let attributes: [Attribute]
    }

    struct ScopeSpans: Encodable {
        let scope: Scope
        let spans: [OTLPSpan]
    }

    struct Scope: Encodable {
        let name: String
        let version: String
    }

    struct Attribute: Encodable {
        enum Value: Encodable {
            case string(String)
            case integer(Int64)
            case boolean(Bool)

            private enum Key: String, CodingKey {
                case stringValue
                case intValue
                case boolValue
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                switch self {
                case .string(let text): try container.encode(text, forKey: .stringValue)
                case .integer(let number): try container.encode("\(number)", forKey: .intValue)
                case .boolean(let flag): try container.encode(flag, forKey: .boolValue)
                }
            }
        }

        let key: String
        let value: Value

        init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }
    }
}

struct OTLPSpan: Encodable {
    let traceId: String
    let spanId: String
    let parentSpanId: String?
    let name: String
    let kind: Int
    let startTimeUnixNano: String
    let endTimeUnixNano: String
    let attributes: [OTLPLine.Attribute]
    let status: Status?

    struct Status: Encodable {
        let code: Int
    }

    init(_ span: RecordedSpan) {
        traceId = "\(span.context.traceID)"
        spanId = TraceContext.hexadecimal(span.context.spanID)
        parentSpanId = span.parentSpanID == 0 ? nil : TraceContext.hexadecimal(span.parentSpanID)
        name = span.name
        kind =
            switch span.kind {
            case .internal: 1
            case .server: 2
            case .client: 3
            case .producer: 4
            case .consumer: 5
            }
        startTimeUnixNano = "\(span.startNanoseconds)"
        endTimeUnixNano = "\(span.endNanoseconds)"
        var attributes: [OTLPLine.Attribute] = []
        span.attributes.forEach { key, value in
            switch value {
            case .string(let text): attributes.append(.init(key, .string(text)))
            case .int64(let number): attributes.append(.init(key, .integer(number)))
            case .int32(let number): attributes.append(.init(key, .integer(Int64(number))))
            case .bool(let flag): attributes.append(.init(key, .boolean(flag)))
            default: break
            }
        }
        self.attributes = attributes.sorted { $0.key < $1.key }
        status = span.status.map { Status(code: $0.code == .error ? 2 : 1) }
    }
}
