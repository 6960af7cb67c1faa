import ArgumentParser
import ReturnsAPI

/// What `--line` says: "1=3", "1=concede:2", "1:accept=2,refuse=1,appearance=fail", and "SKU=2@LINE" for goods.
enum LineSpec {
    /// "LINE=UNITS"
    static func units(_ text: String) throws -> Returns_V1_LineUnits {
        let (line, count) = try nameAndCount(text, example: "1=3")
        return .with {
            $0.lineID = line
            $0.units = count
        }
    }

    /// "LINE=RESOLUTION:UNITS"
    static func resolution(_ text: String) throws -> Returns_V1_ResolveLine {
        guard let equals = text.lastIndex(of: "="), let colon = text[equals...].firstIndex(of: ":") else {
            throw ValidationError("'\(text)' is no resolution: write --line LINE=concede:2")
        }
        let name = String(text[text.index(after: equals)..<colon])
        let resolution: Returns_V1_UnitResolution = try parseWord(name)
        let count = try count(text[text.index(after: colon)...], in: text)
        return .with {
            $0.lineID = String(text[..<equals])
            $0.resolution = resolution
            $0.units = count
        }
    }

    /// "LINE:accept=2,refuse=1,appearance=fail,quantity=ok,packaging=ok,unused=ok"; what is not said is ok or none.
    static func inspection(_ text: String) throws -> Returns_V1_LineInspection {
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else {
            throw ValidationError(
                "'\(text)' is no inspection: write --line LINE:accept=2,refuse=1,appearance=fail")
        }
        var inspection = Returns_V1_LineInspection.with {
            $0.lineID = String(text[..<colon])
            $0.appearanceOk = true
            $0.quantityOk = true
            $0.packagingOk = true
            $0.unusedOk = true
        }
        for part in text[text.index(after: colon)...].split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard pair.count == 2 else {
                throw ValidationError("'\(part)' in '\(text)' lacks '=': write accept=2")
            }
            switch pair[0] {
            case "accept": inspection.acceptedUnits = try count(pair[1], in: text)
            case "refuse": inspection.refusedUnits = try count(pair[1], in: text)
            case "appearance": inspection.appearanceOk = try isOK(pair[1], in: text)
            case "quantity": inspection.quantityOk = try isOK(pair[1], in: text)
            case "packaging": inspection.packagingOk = try isOK(pair[1], in: text)
            case "unused": inspection.unusedOk = try isOK(pair[1], in: text)
            default:
                throw ValidationError(
                    "'\(pair[0])' in '\(text)' is not one of: accept, refuse, appearance, quantity, packaging, unused"
                )
            }
        }
        return inspection
    }

    /// "SKU=UNITS", or "SKU=UNITS@LINE" to add them to the case under that order line.
    static func undeclared(_ text: String) throws -> Returns_V1_UndeclaredGoods {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let (sku, count) = try nameAndCount(String(parts[0]), example: "85123A=1 or 85123A=1@3")
        return .with {
            $0.sku = sku
            $0.units = count
            $0.addAsLineID = parts.count == 2 ? String(parts[1]) : ""
        }
    }

    /// "SKU=QUANTITY"
    static func goods(_ text: String) throws -> Returns_V1_AlternativeGoods {
        let (sku, count) = try nameAndCount(text, example: "85123A=1")
        return .with {
            $0.sku = sku
            $0.quantity = count
        }
    }

    /// "SKU=UNITS", of goods that are on no line.
    static func skuUnits(_ text: String) throws -> Returns_V1_SkuUnits {
        let (sku, count) = try nameAndCount(text, example: "85123A=1")
        return .with {
            $0.sku = sku
            $0.units = count
        }
    }

    static func nameAndCount(_ text: String, example: String) throws -> (name: String, count: Int64) {
        guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
            throw ValidationError("'\(text)' lacks '=': write \(example)")
        }
        let name = String(text[..<equals])
        if let other = name.lastIndex(of: "="), Int64(name[name.index(after: other)...]) != nil {
            throw ValidationError("'\(text)' has two numbers of units: write \(example)")
        }
        return (name, try count(text[text.index(after: equals)...], in: text))
    }

    private static func count(_ digits: some StringProtocol, in text: String) throws -> Int64 {
        guard let count = Int64(digits), count >= 0 else {
            // As the lines to type next have it, for whoever counts.
            let ends = digits.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
            let one = ends.count == 2 && ends.allSatisfy { $0 != nil } ? "one of \(digits)" : "one number"
            throw ValidationError("'\(digits)' in '\(text)' is no number of units: write \(one)")
        }
        return count
    }

    private static func isOK(_ word: String, in text: String) throws -> Bool {
        switch word {
        case "ok", "pass": return true
        case "fail": return false
        default: throw ValidationError("'\(word)' in '\(text)' is neither ok nor fail")
        }
    }
}
