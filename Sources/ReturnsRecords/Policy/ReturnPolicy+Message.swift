import NIOCore
import ReturnsAPI
import ReturnsDomain

extension ReturnPolicy {
    /// As a request gives it.
    ///
    /// - Parameters:
    ///   - replaced: The version that it comes after, where that can be read.
    ///   - zone: Finds a zone by its IANA name; without offsets where none has it.
    package init(
        _ proto: Returns_V1_Policy, version: UInt64, replacing replaced: ReturnPolicy?, now: Instant,
        by: String, zone: (String) -> TimeZoneTable
    ) throws(CaseRejection) {
        try self.init(fields: proto, version: version, createdAt: now, createdBy: by)
        for index in channelZones.indices { channelZones[index].zone = zone(channelZones[index].zone.name) }
        try validate(replacing: replaced)
    }

    private init(
        fields proto: Returns_V1_Policy, version: UInt64, createdAt: Instant, createdBy: String
    ) throws(CaseRejection) {
        self.init(
            version: version, returnWindowDays: Int64(proto.returnWindowDays),
            reasons: try proto.reasons.enumerated().map { index, reason throws(CaseRejection) in
                try ReturnReason(reason, field: "policy.reasons[\(index)]")
            },
            requiredConditions: proto.requiredConditions, standardVersion: proto.standardVersion,
            returnAddress: proto.returnAddress, instructions: proto.instructions,
            enclosures: proto.enclosures,
            appealsMax: Int(proto.appealsMax), followUpAttemptsMax: Int(proto.followUpAttemptsMax),
            isReturnlessAllowed: proto.returnlessAllowed, createdAt: createdAt, createdBy: createdBy)
        returnRules = proto.returnRules.map { rule in
            ReturnRule(
                skus: rule.skus, categories: rule.categories, returnDays: Int64(rule.returnDays),
                reason: rule.reason)
        }
        deductionPercentMax = Int64(proto.deductionPercentMax)
        if proto.hasSecondPersonAboveMinor { secondPersonAboveMinor = proto.secondPersonAboveMinor }
        channelZones = proto.timeZones.map { item in
            ChannelZone(
                saleChannels: item.saleChannels,
                zone: TimeZoneTable(
                    name: item.timeZone, offsets: item.offsets.map(TimeZoneTable.Offset.init)))
        }
    }

    package init(record: ByteBuffer) throws(RecordError) {
        let message: Returns_V1_Policy = try CheckedRecord.decode(record)
        do throws(CaseRejection) {
            try self.init(
                fields: message, version: message.version,
                createdAt: Instant(milliseconds: message.createdAtMs), createdBy: message.createdBy)
        } catch {
            throw RecordError(error)
        }
        if let inconsistency { throw RecordError(what: inconsistency) }
    }

    package var message: Returns_V1_Policy {
        .with {
            $0.version = version
            $0.returnWindowDays = UInt32(clamping: returnWindowDays)
            $0.returnRules = returnRules.map { rule in
                .with {
                    $0.skus = rule.skus
                    $0.categories = rule.categories
                    $0.returnDays = UInt32(clamping: rule.returnDays)
                    $0.reason = rule.reason
                }
            }
            $0.timeZones = channelZones.map { item in
                .with {
                    $0.saleChannels = item.saleChannels
                    $0.timeZone = item.zone.name
                    $0.offsets = item.zone.offsets.map(\.message)
                }
            }
            $0.reasons = reasons.map(\.message)
            $0.requiredConditions = requiredConditions
            $0.standardVersion = standardVersion
            $0.returnAddress = returnAddress
            $0.instructions = instructions
            $0.enclosures = enclosures
            $0.appealsMax = UInt32(appealsMax)
            $0.followUpAttemptsMax = UInt32(followUpAttemptsMax)
            $0.returnlessAllowed = isReturnlessAllowed
            $0.deductionPercentMax = UInt32(clamping: deductionPercentMax)
            if let secondPersonAboveMinor { $0.secondPersonAboveMinor = secondPersonAboveMinor }
            $0.createdAtMs = createdAt.milliseconds
            $0.createdBy = createdBy
        }
    }
}

extension ReturnReason {
    fileprivate init(_ proto: Returns_V1_ReasonCode, field: String) throws(CaseRejection) {
        self.init(
            code: proto.code, title: proto.title, isCovered: proto.covered,
            texts: proto.texts.map { LocalText(locale: $0.locale, text: $0.text) },
            category: try proto.category.optional("\(field).category"), evidence: proto.evidence,
            returnPayer: try proto.returnPayer.optional("\(field).return_payer"), isRetired: proto.retired)
    }

    fileprivate var message: Returns_V1_ReasonCode {
        .with {
            $0.code = code
            $0.title = title
            $0.covered = isCovered
            $0.texts = texts.map { text in
                .with {
                    $0.locale = text.locale
                    $0.text = text.text
                }
            }
            $0.category = category?.message() ?? .unspecified
            $0.evidence = evidence
            $0.returnPayer = returnPayer?.message() ?? .unspecified
            $0.retired = isRetired
        }
    }
}
