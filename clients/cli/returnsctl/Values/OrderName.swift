import ReturnsAPI

/// An order as it is printed, "store/P-1", or by its number alone.
enum OrderName {
    /// - Parameter channel: As somebody named it; what is typed is the number then, with or without the channel in front.
    static func key(_ text: String, channel: String?) -> Returns_V1_OrderKey {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let isNamed = parts.count == 2 && !parts[1].isEmpty && isChannel(parts[0])
        return .with {
            if isNamed, channel ?? parts[0] == parts[0] {
                ($0.saleChannel, $0.orderNo) = (parts[0], parts[1])
            } else {
                ($0.saleChannel, $0.orderNo) = (channel ?? ChannelOption.standard, text)
            }
        }
    }

    /// As the server takes them: an order's number that begins otherwise is no channel's.
    private static func isChannel(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }
}
