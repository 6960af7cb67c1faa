import CCurl

/// Where may be posted to. It is read by the parser that the posts go by, so that both see the same host.
public enum HTTPPostURL {
    /// What is wrong with an address: a code, and what to do.
    public struct Refusal: Error, Hashable, Sendable {
        public var code: String
        public var text: String
    }

    public static func check(_ url: String, bytesMax: Int) throws(Refusal) {
        guard !url.isEmpty, url.utf8.count <= bytesMax, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw malformed("give 1 to \(bytesMax) letters, digits and signs, without blanks") }
        guard let parser = curl_url() else { preconditionFailure("no memory for a URL") }
        defer { curl_url_cleanup(parser) }
        guard curl_url_set(parser, CURLUPART_URL, url, 0) == CURLUE_OK,
            let scheme = part(CURLUPART_SCHEME, parser), let host = part(CURLUPART_HOST, parser)
        else { throw malformed("give a URL such as https://erp.example.com/returns") }
        guard part(CURLUPART_USER, parser) == nil, part(CURLUPART_PASSWORD, parser) == nil,
            part(CURLUPART_FRAGMENT, parser) == nil
        else { throw malformed("leave user, password and fragment out: lists show the URL") }
        switch scheme {
        case "https": return
        case "http" where isLoopback(host): return
        case "http":
            throw Refusal(
                code: "URL_NOT_SECURE",
                text: "use https://; http:// is for this machine itself alone (localhost, 127.0.0.1, [::1])")
        default: throw malformed("use https://")
        }
    }

    public static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func malformed(_ text: String) -> Refusal { Refusal(code: "URL_MALFORMED", text: text) }

    private static func part(_ part: CURLUPart, _ parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
