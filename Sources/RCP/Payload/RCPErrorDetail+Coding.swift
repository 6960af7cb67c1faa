import NIOCore

extension RCPErrorDetail {
    /// Reads the details block of a RESPONSE (SPEC.md §7.2).
    static func readAll(from buffer: inout ByteBuffer) throws(RCPViolation) -> [RCPErrorDetail] {
        guard let blockBytes = buffer.readInteger(as: UInt16.self) else { throw .responseMalformed }
        if blockBytes == 0 { return [] }
        guard blockBytes <= RCPLimits.detailsBytesMax, var block = buffer.readSlice(length: Int(blockBytes))
        else { throw .responseMalformed }
        var details: [RCPErrorDetail] = []
        while block.readableBytes > 0 {
            guard details.count < RCPLimits.detailsMax else { throw .responseMalformed }
            details.append(try read(from: &block))
        }
        return details
    }

    private static func read(from block: inout ByteBuffer) throws(RCPViolation) -> RCPErrorDetail {
        guard let field = block.readText16(), let reason = block.readText8(), let text = block.readText16(),
            let allowedCount = block.readInteger(as: UInt8.self)
        else { throw .responseMalformed }
        var allowed: [String] = []
        for _ in 0..<allowedCount {
            guard let item = block.readText8() else { throw .responseMalformed }
            allowed.append(item)
        }
        return RCPErrorDetail(field: field, reason: reason, text: text, allowed: allowed)
    }

    /// Writes as many details as their limits allow, in order; the first ones matter most.
    static func writeAll(_ details: [RCPErrorDetail], into out: inout ByteBuffer) {
        let lengthIndex = out.writerIndex
        out.writeInteger(UInt16(0))
        let start = out.writerIndex
        for detail in details.prefix(RCPLimits.detailsMax) {
            let before = out.writerIndex
            detail.write(into: &out)
            if out.writerIndex - start > RCPLimits.detailsBytesMax {
                out.moveWriterIndex(to: before)
                break
            }
        }
        out.setInteger(UInt16(out.writerIndex - start), at: lengthIndex)
    }

    private func write(into out: inout ByteBuffer) {
        out.writeText16(field, bytesMax: RCPLimits.statusTextBytesMax)
        out.writeText8(reason)
        out.writeText16(text, bytesMax: RCPLimits.statusTextBytesMax)
        out.writeInteger(UInt8(min(allowed.count, Int(UInt8.max))))
        for item in allowed.prefix(Int(UInt8.max)) { out.writeText8(item) }
    }
}
