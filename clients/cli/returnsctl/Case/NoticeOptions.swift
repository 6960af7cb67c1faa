import ArgumentParser
import ReturnsAPI

/// How the customer was told: a channel of the list, by its name or as people write it in Chinese. Another word goes to the
/// server as it is, which refuses it with its list: that may be longer.
struct ContactChannelOption: ExpressibleByArgument, Equatable {
    var name: String

    init(argument: String) {
        let given = argument.lowercased()
        let channels = Returns_V1_ContactChannel.allCases.filter { $0 != .unspecified }
        if let known = channels.first(where: { word($0) == given }) {
            name = word(known)
        } else if let known = Self.otherNames[given] {
            name = word(known)
        } else {
            name = argument
        }
    }

    static var allValueStrings: [String] {
        Returns_V1_ContactChannel.allCases.filter { $0 != .unspecified }.map { word($0) }
    }

    static var list: String { allValueStrings.joined(separator: ", ") }

    private static let otherNames: [String: Returns_V1_ContactChannel] = [
        "短信": .sms, "邮件": .email, "mail": .email, "电话": .phone, "call": .phone, "微信": .wechat, "信函": .letter,
        "当面": .inPerson, "in-person": .inPerson,
    ]
}

/// What the customer was told of.
struct NoticeOccasionOption: ExpressibleByArgument, Equatable {
    var occasion: Returns_V1_NoticeOccasion

    init?(argument: String) {
        let given = argument.lowercased().replacing("-", with: "_")
        let all = Returns_V1_NoticeOccasion.allCases.filter { $0 != .unspecified }
        guard let known = all.first(where: { word($0) == given }) else { return nil }
        occasion = known
    }

    static var allValueStrings: [String] {
        Returns_V1_NoticeOccasion.allCases.filter { $0 != .unspecified }.map { word($0) }
    }
}
