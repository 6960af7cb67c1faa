@testable import returnsctl

/// Swift Testing has an `ExitStatus` of its own.
typealias Exit = returnsctl.ExitStatus
