import ReturnsDomain
import Testing

@Suite("Which characters a text for people may hold")
struct TextTests {
    @Test(
        "none that rewrites what is shown around it",
        arguments: [
            0x00, 0x08, 0x0B, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9B, 0x9F, 0x2028, 0x2029, 0x202A, 0x202E,
            0x2066, 0x2069,
        ] as [UInt32])
    func refused(_ value: UInt32) throws {
        #expect(!TextLimits.isShown(try #require(Unicode.Scalar(value))))
    }

    @Test(
        "any other, such as the marks and joiners of languages and pictures",
        arguments: [
            0x09, 0x0A, 0x20, 0x7E, 0xA0, 0xAD, 0xE9, 0x061C, 0x200B, 0x200D, 0x200E, 0x200F, 0x2027, 0x202F,
            0x2065,
            0x206A, 0x3000, 0x4E2D, 0xFE0F, 0xFEFF, 0x1F469, 0xE0067, 0x10FFFF,
        ] as [UInt32])
    func taken(_ value: UInt32) throws {
        #expect(TextLimits.isShown(try #require(Unicode.Scalar(value))))
    }
}
