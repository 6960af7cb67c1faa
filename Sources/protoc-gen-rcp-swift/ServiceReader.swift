import RCPOptions
import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// Reads services from descriptors and checks every method's options, over all files of a run.
///
/// It goes on after a problem, with a harmless value in its place: look at `problems` before using the result.
struct ServiceReader {
    private let roles: RoleWords
    private(set) var problems: [String] = []
    /// Who has taken a method id, a Swift type name: the text by which a problem names the first owner.
    private var methodByID: [UInt32: String] = [:]
    private var serviceByName: [String: String] = [:]

    init(roles: RoleWords) {
        self.roles = roles
    }

    mutating func read(_ service: ServiceDescriptor) -> Service {
        let place = "\(service.fullName) in \(service.file.name)"
        if let first = self.serviceByName.updateValue(place, forKey: service.name) {
            self.problems.append(
                "\(service.file.name): \(service.fullName): the Swift types of this service have the same "
                    + "names as those of \(first); rename one of the services")
        }
        var methodBySwiftName: [String: String] = [:]
        return Service(
            name: service.name,
            fullName: service.fullName,
            documentation: service.protoSourceCommentsWithDeprecation(),
            methods: service.methods.map { self.read($0, methodBySwiftName: &methodBySwiftName) })
    }

    private mutating func read(
        _ method: MethodDescriptor, methodBySwiftName: inout [String: String]
    ) -> Method {
        let namer = SwiftProtobufNamer(
            currentFile: method.file, protoFileToModuleMappings: ProtoFileToModuleMappings())
        return Method(
            id: self.readID(method),
            name: method.name,
            swiftName: self.readSwiftName(method, methodBySwiftName: &methodBySwiftName),
            idempotency: self.readIdempotency(method),
            roles: self.readRoles(method),
            kind: Method.Kind(
                streamsRequests: method.clientStreaming, streamsReplies: method.serverStreaming),
            requestType: namer.fullName(message: method.inputType),
            replyType: namer.fullName(message: method.outputType),
            requestFieldTypes: Set(method.inputType.fields.compactMap { $0.messageType?.fullName }),
            isPaged: self.readPaging(method),
            documentation: method.protoSourceCommentsWithDeprecation())
    }

    /// SPEC.md §13: rcp.discovery.v1, rcp.conformance.v1.
    private static let ownIDs: ClosedRange<UInt16> = 0x7E00...0x7FFF

    private mutating func readID(_ method: MethodDescriptor) -> UInt16 {
        guard method.options.hasRcp_methodID else {
            self.report(
                method, "option (rcp.method_id) is missing; give the method a number that was never used")
            return 0
        }
        let id = method.options.Rcp_methodID
        guard let wireID = UInt16(exactly: id), id != 0 else {
            self.report(method, "option (rcp.method_id) is \(id); it must be between 1 and \(UInt16.max)")
            return 0
        }
        if Self.ownIDs.contains(wireID) != method.file.package.hasPrefix("rcp.") {
            self.report(
                method,
                "option (rcp.method_id) is \(hexadecimal(wireID)); \(hexadecimal(Self.ownIDs.lowerBound)) to "
                    + "\(hexadecimal(Self.ownIDs.upperBound)) are for the services of RCP/1 itself, and for them alone"
            )
        }
        if let first = self.methodByID[id] {
            self.report(method, "option (rcp.method_id) \(hexadecimal(wireID)) is already that of \(first)")
        } else {
            self.methodByID[id] = "\(method.rpcName) in \(method.file.name)"
        }
        return wireID
    }

    private mutating func readIdempotency(_ method: MethodDescriptor) -> Method.Idempotency {
        switch method.options.Rcp_idempotency {
        case .readOnly:
            return .readOnly
        case .mutation:
            return .mutation
        case .unspecified, .UNRECOGNIZED:
            self.report(method, "option (rcp.idempotency) is not stated; write READ_ONLY or MUTATION")
            return .mutation
        }
    }

    private mutating func readRoles(_ method: MethodDescriptor) -> [String] {
        let roles = method.options.Rcp_role
        let allowed = self.roles.choice
        if roles.isEmpty {
            self.report(method, "option (rcp.role) is not stated; name at least one of: \(allowed)")
        }
        var seen: Set<String> = []
        for role in roles {
            if !self.roles.holds(role) {
                self.report(method, "option (rcp.role) '\(role)' is not a role; allowed: \(allowed)")
            }
            if !seen.insert(role).inserted {
                self.report(method, "option (rcp.role) '\(role)' is stated twice")
            }
        }
        if roles.contains(RoleWords.any) {
            if roles.count > 1 {
                self.report(
                    method,
                    "option (rcp.role) '\(RoleWords.any)' admits everyone and cannot stand beside other roles"
                )
            }
            return []
        }
        return roles
    }

    /// A method that lists gives pages from its first day on: to add them later breaks its callers, who take the first page for
    /// the whole.
    private mutating func readPaging(_ method: MethodDescriptor) -> Bool {
        let isUnary = !method.clientStreaming && !method.serverStreaming
        let isPaged =
            isUnary && method.inputType.has("limit", .uint32) && method.inputType.has("cursor", .string)
            && method.outputType.has("next_cursor", .string)
        if isUnary, !isPaged, Self.lists(method.name) {
            self.report(
                method,
                "a method that lists gives pages: its request has 'uint32 limit' and 'string cursor', its reply "
                    + "'string next_cursor'")
        }
        return isPaged
    }

    /// "ListLoans", but not "Listen".
    private static func lists(_ name: String) -> Bool {
        name.hasPrefix("List") && name.dropFirst(4).first?.isLowercase != true
    }

    private mutating func readSwiftName(
        _ method: MethodDescriptor, methodBySwiftName: inout [String: String]
    ) -> String {
        let name = SwiftNames.functionName(for: method.name)
        if SwiftNames.unusable.contains(name) {
            self.report(
                method, "the Swift function would be called '\(name)', which cannot be; rename the method")
        }
        if let first = methodBySwiftName.updateValue(method.rpcName, forKey: name) {
            self.report(method, "the Swift function '\(name)' is already that of \(first); rename the method")
        }
        return SwiftNames.keywords.contains(name) ? "`\(name)`" : name
    }

    private mutating func report(_ method: MethodDescriptor, _ problem: String) {
        self.problems.append("\(method.file.name): \(method.rpcName): \(problem)")
    }
}

extension Descriptor {
    fileprivate func has(_ name: String, _ type: Google_Protobuf_FieldDescriptorProto.TypeEnum) -> Bool {
        self.fields.contains { $0.name == name && $0.type == type && !$0.isRepeated }
    }
}

extension MethodDescriptor {
    /// The name that RCP/1 shows: "library.v1.LoanService/Lend".
    fileprivate var rpcName: String { "\(self.service.fullName)/\(self.name)" }
}
