import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The names of environment variables that would set something here.
enum EnvironmentNames {
    private static let prefix = "RETURNSD_"

    /// - Parameter known: Keys as the file has them, such as eventLoops.
    /// - Throws: `ValidationError` about a variable that looks like a setting and is none.
    static func check(known: [String]) throws {
        let names = known.map(name(of:))
        let unknown = all().filter { $0.hasPrefix(prefix) && !names.contains($0) && !isOfKubernetes($0) }
        guard unknown.isEmpty else {
            throw ValidationError(
                "the environment has settings that nobody knows: \(unknown.sorted().joined(separator: ", ")); known are \(names.joined(separator: ", "))"
            )
        }
    }

    private static func name(of key: String) -> String {
        prefix + key.reduce(into: "") { $0 += $1.isUppercase ? "_\($1)" : $1.uppercased() }
    }

    /// Kubernetes tells every container about a service called returnsd in variables like these.
    private static func isOfKubernetes(_ name: String) -> Bool {
        name.hasPrefix(prefix + "SERVICE_") || name.hasPrefix(prefix + "PORT")
    }

    private static func all() -> [String] {
        var names: [String] = []
        var next = environ
        while let entry = next.pointee {
            names.append(String(String(cString: entry).prefix { $0 != "=" }))
            next += 1
        }
        return names
    }
}
