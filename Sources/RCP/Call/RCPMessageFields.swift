public import NIOCore

/// The fields of a message, as its bytes have them; nothing of them is decoded.
public enum RCPMessageFields {
    /// Of the bytes, the fields whose numbers are wanted, in their order. Nil where the bytes are no message.
    public static func select(_ bytes: ByteBuffer, where isWanted: (Int) -> Bool) -> ByteBuffer? {
        RCPMessageReader.read(bytes) { reader in
            var selected = ByteBuffer()
            var start = reader.index
            while let number = reader.next() {
                reader.passOver()
                let end = reader.index
                if !reader.isMalformed, isWanted(number) {
                    selected.writeImmutableBuffer(
                        bytes.getSlice(at: bytes.readerIndex + start, length: end - start)!)
                }
                start = end
            }
            return reader.isMalformed ? nil : selected
        }
    }
}
