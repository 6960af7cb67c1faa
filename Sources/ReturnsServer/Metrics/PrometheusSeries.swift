public import CoreMetrics
import Synchronization

/// One metric under one set of labels.
protocol PrometheusSeries: AnyObject, Sendable {
    /// - Parameter labels: as they stand between the braces; may be empty.
    func write(_ name: String, _ labels: String, into text: inout String)
}

/// A number that only rises.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler, PrometheusSeries {
    private let whole = Atomic<Int64>(0)
    private let fractional = Mutex(0.0)

    func increment(by amount: Int64) { whole.wrappingAdd(amount, ordering: .relaxed) }

    func increment(by amount: Double) { fractional.withLock { $0 += amount } }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.withLock { $0 = 0 }
    }

    func write(_ name: String, _ labels: String, into text: inout String) {
        let fraction = fractional.withLock { $0 }
        let count = whole.load(ordering: .relaxed)
        let value = fraction == 0 ? "\(count)" : PrometheusName.number(Double(count) + fraction)
        text += "\(PrometheusName.series(name, labels)) \(value)\n"
    }
}

/// A number that rises and falls.
final class PrometheusGauge: MeterHandler, RecorderHandler, PrometheusSeries {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func write(_ name: String, _ labels: String, into text: inout String) {
        text += "\(PrometheusName.series(name, labels)) \(PrometheusName.number(value.withLock { $0 }))\n"
    }
}

/// Times, or whatever a recorder is told, by size.
public final class PrometheusHistogram: TimerHandler, RecorderHandler, PrometheusSeries {
    /// From 100 µs, which a call without Redis takes, to 10 s.
    public static let latencyBuckets = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private struct State {
        /// Of each bucket alone; the last is for what is above every bound.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(buckets: [Double]) {
        bounds = buckets
        state = Mutex(State(counts: Array(repeating: 0, count: buckets.count + 1)))
    }

    public func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    public func record(_ value: Int64) { record(Double(value)) }

    public func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    func write(_ name: String, _ labels: String, into text: inout String) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let prefix = labels.isEmpty ? "" : "\(labels),"
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? PrometheusName.number(bounds[index]) : "+Inf"
            text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(total)\n"
        }
        text += "\(PrometheusName.series("\(name)_sum", labels)) \(PrometheusName.number(sum))\n"
        text += "\(PrometheusName.series("\(name)_count", labels)) \(total)\n"
    }
}
