import Cryptography
import Foundation
import ReturnsAPI

/// A paper or file to record: a FILE, which is hashed here and stays here, or REFERENCE@sha256:HEX.
enum DocumentSource {
    private static let chunkBytes = 1_048_576
    static let separator = "@sha256:"

    static func document(_ text: String, _ type: Returns_V1_DocumentType) throws -> Returns_V1_Document {
        if let range = text.range(of: separator, options: .backwards), range.lowerBound > text.startIndex {
            let hash = try hash(hexadecimal: String(text[range.upperBound...]))
            return .with {
                $0.type = type
                $0.reference = String(text[..<range.lowerBound])
                $0.sha256 = hash
            }
        }
        let hash = try hash(file: text)
        return .with {
            $0.type = type
            $0.reference = URL(fileURLWithPath: text).lastPathComponent
            $0.sha256 = hash
        }
    }

    /// - Parameter elsewhere: What is typed for one that is not here.
    static func hash(
        file path: String, elsewhere: String = "REFERENCE\(separator)HEX"
    ) throws -> Data {
        let file: FileHandle
        do { file = try InputFile.open(path) } catch let failure as CommandFailure {
            throw CommandFailure.usage(
                failure.text, hints: ["give a file, or \(elsewhere) for one that is elsewhere"])
        }
        defer { try? file.close() }
        var hash = SHA256()
        while let chunk = try file.read(upToCount: chunkBytes), !chunk.isEmpty { hash.update(chunk) }
        return Data(hash.finalize())
    }

    /// 64 hexadecimal digits.
    static func hash(hexadecimal text: String) throws -> Data {
        let digits = text.compactMap(\.hexDigitValue)
        guard text.count == 64, digits.count == 64 else {
            throw CommandFailure.usage("'\(text)' is no SHA-256: give its 64 hexadecimal digits")
        }
        return Data(stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }

    static func hexadecimal(_ data: Data) -> String {
        let digits = Array("0123456789abcdef")
        return String(data.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
