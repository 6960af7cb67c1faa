public import Instrumentation
public import RCP

/// Reads what any instrument has put into a call's metadata.
public struct RCPMetadataExtractor: Extractor {
    public init() {}

    public func extract(key: String, from carrier: RCPMetadata) -> String? {
        carrier.text(forKey: key.lowercased())
    }
}

/// Puts what any instrument wants to travel into a call's metadata.
public struct RCPMetadataInjector: Injector {
    public init() {}

    public func inject(_ value: String, forKey key: String, into carrier: inout RCPMetadata) {
        carrier.set(key: key.lowercased(), text: value)
    }
}
