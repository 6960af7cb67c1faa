enum ClientVersion {
    static let current = "0.1.0"
}
