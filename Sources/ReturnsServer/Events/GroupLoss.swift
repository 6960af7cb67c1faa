import ReturnsAPI
import ReturnsDomain
import ReturnsStore

/// What a group's consumers have to hear of before they are given more: the store was set back.
struct GroupLoss: Sendable, Hashable {
    /// When the latest loss was accepted.
    var lastMilliseconds: Int64
    /// Before anything that was lost; 0 if nothing tells when.
    var changedSinceMilliseconds: Int64

    /// Nil when the store has lost nothing since the group was created, or all that is confirmed.
    ///
    /// - Parameter clockMargin: that servers' clocks differ by less than, in milliseconds.
    init?(_ group: EventGroup, _ identity: StoreIdentity, clockMargin: Int64) {
        guard let setBack = identity.setBack(since: group.run) else { return nil }
        lastMilliseconds = setBack.latest.milliseconds
        changedSinceMilliseconds = max(0, setBack.last.recordedAt.milliseconds - clockMargin)
    }

    var proto: Returns_V1_EventGroupLoss {
        .with {
            $0.lastMs = lastMilliseconds
            $0.changedSinceMs = changedSinceMilliseconds
        }
    }
}
