import SwiftProtobufPluginLibrary

/// Writes the Swift file of one .proto file: for each service its methods, provider protocol and client.
struct ServiceFilePrinter {
    let protoFile: String
    let services: [Service]

    func print() -> String {
        var printer = CodePrinter.generatedFile(source: "from \(self.protoFile)")
        printer.print("", "import RCP")
        // Only the well-known types need an import; all other messages lie in the module of this file.
        let types = self.services.flatMap(\.methods).flatMap { [$0.requestType, $0.replyType] }
        if types.contains(where: { $0.hasPrefix("SwiftProtobuf.") }) { printer.print("import SwiftProtobuf") }
        for service in self.services {
            self.printMethods(of: service, to: &printer)
            self.printProvider(of: service, to: &printer)
            self.printClient(of: service, to: &printer)
        }
        self.printPages(to: &printer)
        return printer.content
    }

    private func printMethods(of service: Service, to printer: inout CodePrinter) {
        printer.print("", "/// The methods of \(service.fullName), as its .proto file states them.")
        printer.printBlock("public enum \(service.name)Methods {") { printer in
            for method in service.methods {
                printer.printDocumentation(of: method)
                printer.printBlock("public static let \(method.swiftName) = RCPMethod(", end: "") { printer in
                    printer.print(
                        "id: \(hexadecimal(method.id)),",
                        "service: \"\(service.fullName)\",",
                        "name: \"\(method.name)\",",
                        "kind: .\(method.kind.rawValue),",
                        "idempotency: .\(method.idempotency.rawValue),",
                        "roles: [\(method.roles.map { "\"\($0)\"" }.joined(separator: ", "))])")
                }
                printer.print("")
            }
            printer.print("/// Every method of the service, in the order of the .proto file.")
            printer.printBlock("public static let all: [RCPMethod] = [", end: "]") { printer in
                for method in service.methods { printer.print("\(method.swiftName),") }
            }
        }
    }

    private func printProvider(of service: Service, to printer: inout CodePrinter) {
        printer.print("", "/// What a server implements to offer \(service.fullName).")
        printer.printDocumentation(of: service)
        printer.printBlock("public protocol \(service.name)Provider: Sendable {") { printer in
            for (index, method) in service.methods.enumerated() {
                if index > 0 { printer.print("") }
                printer.printDocumentation(of: method)
                printer.print("func \(method.swiftName)(")
                printer.printIndented(
                    method.handlerParameters.map { "\($0)," } + ["context: RCPCallContext"])
                printer.print(") async throws -> \(method.handlerResult)")
            }
        }
        printer.print("")
        printer.printBlock("extension \(service.name)Provider {") { printer in
            printer.print(
                "/// Registers a handler for every method of \(service.fullName). Inlinable, so that the server's router is",
                "/// compiled for each method's own messages.", "@inlinable")
            printer.printBlock("public func register(in registry: inout some RCPHandlerRegistry) {") {
                printer in
                for method in service.methods {
                    printer.print(
                        "registry.register(\(method.registerLabel)\(service.name)Methods.\(method.swiftName), "
                            + "self.\(method.swiftName)(\(method.handlerLabels)context:))")
                }
            }
        }
    }

    /// Each type once, whichever methods share it.
    private func printPages(to printer: inout CodePrinter) {
        let methods = self.services.flatMap(\.methods).filter(\.isPaged)
        for (types, name) in [
            (methods.map(\.requestType), "RCPPageRequest"), (methods.map(\.replyType), "RCPPageReply"),
        ] {
            var seen: Set<String> = []
            for type in types where seen.insert(type).inserted {
                printer.print("", "extension \(type): \(name) {}")
            }
        }
    }

    private func printClient(of service: Service, to printer: inout CodePrinter) {
        let errors =
            service.methods.allSatisfy { $0.kind == .unary }
            ? "`RCPStatus`" : "`RCPStatus`, or what its body throws"
        printer.print("", "/// Calls the methods of \(service.fullName); every call throws \(errors).")
        printer.printDocumentation(of: service)
        printer.printBlock("public struct \(service.name)Client: Sendable {") { printer in
            printer.print("private let caller: any RCPCaller", "")
            printer.print("/// A client that sends its calls through `caller`.")
            printer.printBlock("public init(caller: any RCPCaller) {") { $0.print("self.caller = caller") }
            for method in service.methods {
                printer.print("")
                printer.printDocumentation(of: method)
                printer.print("\(method.stubAttributes)public func \(method.stubName)(")
                printer.printIndented(method.stubParameters)
                printer.printBlock(") async throws -> RCPReply<\(method.stubResult)> {") { printer in
                    printer.print(
                        "try await self.caller.\(method.kind.rawValue)("
                            + "\(service.name)Methods.\(method.swiftName), \(method.stubArguments))")
                }
            }
        }
    }
}
