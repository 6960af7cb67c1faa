/// The writer level of a record: what a build has to know before it decides on it.
///
/// A level is raised with each change after which an older build would decide wrongly, such as a new field that a
/// decision goes by. Reads go on whatever the level is, since records are sent as they are stored.
package enum RecordLevel {
    /// What this build knows, and writes.
    package static let current: UInt8 = 1
}
