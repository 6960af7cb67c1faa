import Glibc
import WireFuzzing

/// A C function can hold nothing, so it finds its target here.
enum FuzzTarget {
    static let chosen: WireFuzzing = {
        let name = getenv("RETURNS_FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = WireFuzzing(rawValue: name) else {
            fatalError("RETURNS_FUZZ_TARGET is one of \(WireFuzzing.allCases.map(\.rawValue))")
        }
        return target
    }()
}
