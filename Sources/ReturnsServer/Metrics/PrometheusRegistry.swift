public import CoreMetrics
import Synchronization

/// The back end of swift-metrics that Prometheus reads: keeps every metric, and writes them in the text exposition format.
///
/// Labels are names by Prometheus's convention: units are base units and stand last, counters end in `_total`, timers are
/// histograms of seconds and end in `_seconds`. The same name and dimensions give the same metric.
public final class PrometheusRegistry: MetricsFactory {
    /// Series of one name; what comes beyond is counted by nobody, since dimensions are meant to be few.
    public static let seriesMax = 10_000

    private let families = Mutex<[String: PrometheusFamily]>([:])
    private let helpTexts: [String: String]
    private let buckets: [Double]
    private let bucketsByName: [String: [Double]]

    /// - Parameters:
    ///   - help: by name, what it counts.
    ///   - buckets: upper bounds of every histogram that has none of its own, in seconds, rising.
    ///   - bucketsByName: those of the others, by name.
    public init(
        help: [String: String] = [:], buckets: [Double] = PrometheusHistogram.latencyBuckets,
        bucketsByName: [String: [Double]] = [:]
    ) {
        helpTexts = help
        self.buckets = buckets
        self.bucketsByName = bucketsByName
    }

    // MARK: MetricsFactory

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, .counter, dimensions) { PrometheusCounter() }
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, .counter, dimensions) { PrometheusCounter() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, .gauge, dimensions) { PrometheusGauge() }
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate {
            return series(label, .histogram, dimensions) { histogram(label) }
        }
        return series(label, .gauge, dimensions) { PrometheusGauge() }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, .histogram, dimensions) { histogram(label) }
    }

    private func histogram(_ label: String) -> PrometheusHistogram {
        PrometheusHistogram(buckets: bucketsByName[label] ?? buckets)
    }

    // A metric is shared by whoever asked for it, so one owner's end is not its end.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// A name that another kind has, and a series too many, get a handler that is never shown: a metric must not end the
    /// process that it measures.
    private func series<Handler: PrometheusSeries>(
        _ label: String, _ kind: PrometheusFamily.Kind, _ dimensions: [(String, String)],
        _ make: () -> Handler
    ) -> Handler {
        families.withLock { families in
            let name = PrometheusName.metric(label, kind)
            let labels = PrometheusName.labels(dimensions)
            if let known = families[name]?.series[labels] { return known as? Handler ?? make() }
            let handler = make()
            if let family = families[name], family.kind != kind || family.series.count >= Self.seriesMax {
                return handler
            }
            families[name, default: PrometheusFamily(kind: kind)].series[labels] = handler
            return handler
        }
    }

    // MARK: Exposition

    /// Every metric as text/plain; version=0.0.4, in the order of names.
    public func text() -> String {
        let families = families.withLock { $0 }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let help = helpTexts[name] { text += "# HELP \(name) \(PrometheusName.escapedHelp(help))\n" }
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(name, labels, into: &text)
            }
        }
        return text
    }
}

/// All series of one name.
struct PrometheusFamily: Sendable {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    let kind: Kind
    /// By their labels as they are written, without braces.
    var series: [String: any PrometheusSeries] = [:]
}
