import SwiftProtobuf

extension SwiftProtobuf.Enum {
    /// The value of a stored number, known to this build or not.
    ///
    /// - Returns: nil for one that no message can hold: enumerations have 32 bits, and a reply with a longer one is no message.
    init?(stored number: Int64) {
        guard let number = Int32(exactly: number) else { return nil }
        self.init(rawValue: Int(number))
    }
}
