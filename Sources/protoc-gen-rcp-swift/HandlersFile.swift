import SwiftProtobufPluginLibrary

/// Writes for one service the methods that all are handled in the same way: those whose requests hold a certain message go
/// to one function of the server's type, which has the service's name.
///
/// The function is generic over the requests, or overloaded where one of them needs more.
struct HandlersFile {
    let service: Service
    let handler: GeneratorOptions.Handler
    /// Modules that hold the messages.
    let modules: [String]

    private var methods: [Method] {
        service.methods.filter { $0.kind == .unary && $0.requestFieldTypes.contains(handler.message) }
    }

    /// nil where the service has no such method.
    func print() -> String? {
        let methods = self.methods
        guard !methods.isEmpty else { return nil }
        var printer = CodePrinter.generatedFile(source: "from \(service.fullName)")
        printer.print("")
        for module in (["RCP"] + modules).sorted() { printer.print("import \(module)") }
        printer.print("", "/// The methods whose requests hold \(handler.message).")
        printer.printBlock("extension \(service.name) {") { printer in
            for (index, method) in methods.enumerated() {
                if index > 0 { printer.print("") }
                printer.print("func \(method.swiftName)(")
                printer.printIndented(["_ request: \(method.requestType), context: RCPCallContext"])
                printer.printBlock(") async throws -> \(method.handlerResult) {") {
                    $0.print("try await self.\(handler.function)(request, context: context)")
                }
            }
        }
        return printer.content
    }
}
