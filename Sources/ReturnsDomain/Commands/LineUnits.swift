/// Units of a case line.
public struct LineUnits: Hashable, Sendable {
    public var lineID: String
    public var units: Int64

    public init(lineID: String, units: Int64) {
        self.lineID = lineID
        self.units = units
    }
}
