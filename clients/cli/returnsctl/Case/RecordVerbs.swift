import ArgumentParser
import Foundation
import RCP
import ReturnsAPI

/// What is written down at any time.
enum RecordVerbs {
    static var all: [any ParsableCommand.Type] {
        [CaseNote.self, CaseAttach.self]
    }
}

struct CaseNote: CaseVerb {
    /// What was told once more has no other place.
    static let step = CaseStep(.note) { situation in
        [StepWay("TEXT", isAside: !situation.reasons.contains("NOTHING_TO_TELL"))]
    }
    static let configuration = CommandConfiguration(commandName: "note", abstract: "Write something down.")
    @OptionGroup var target: CaseVerbOptions
    @Argument(help: "What to note; one argument, so quote it.") var text: String
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_AddNoteRequest.with {
            $0.target = change
            $0.text = text
        }
        return try await session.client.cases.addNote(request, options: options)
    }
}

struct CaseAttach: CaseVerb {
    /// The papers that are missing come next once nothing else is missing but to talk with the customer, or who closes is told.
    static let step = CaseStep(.attachDocument) { situation in
        let papers = situation.value?.missingPapers ?? []
        guard situation.isAllElseDone(but: []), !papers.isEmpty else {
            return [StepWay("--type TYPE --file FILE", isAside: true)]
        }
        return papers.map { paper in
            let reference =
                paper.reference.isEmpty
                ? "" : " --reference \(ShellWord.quoted(paper.reference))"
            return StepWay(
                "--type \(word(paper.type))\(reference) --file FILE", roles: paper.type.roles,
                note: paper.refundID.isEmpty ? "" : "of refund \(paper.refundID)")
        }
    }
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Record a document of the case; the content stays where it is.",
        discussion: "The SHA-256 is given with --sha256, or made from --file here.")
    @Option(
        help: ArgumentHelp(
            "application, waybill, signed_receipt, inspection_report, refund_voucher or other.",
            valueName: "type"),
        transform: parseWord)
    var type: Returns_V1_DocumentType
    @Option(help: "Where the document is found; the file's name unless given.") var reference: String?
    @Option(
        help: ArgumentHelp(
            "Of a refund voucher: of which refund; the only one without a voucher, or that --reference names, unless given.",
            valueName: "id"))
    var refundID = ""
    @Option(help: ArgumentHelp("SHA-256 of the content.", valueName: "hex")) var sha256: String?
    @Option(help: ArgumentHelp("File to hash.", valueName: "file")) var file: String?
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (sha256 == nil) != (file == nil) else {
            throw ValidationError("give either --file FILE or --sha256 HEX with --reference")
        }
        if sha256 != nil, reference == nil { throw ValidationError("--sha256 needs --reference") }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let document = try document()
        let request = Returns_V1_AttachDocumentRequest.with {
            $0.target = change
            $0.document = document
        }
        return try await session.client.cases.attachDocument(request, options: options)
    }

    func document() throws -> Returns_V1_Document {
        let hash: Data
        var name = reference ?? ""
        if let sha256 {
            hash = try DocumentSource.hash(hexadecimal: sha256)
        } else {
            let path = file ?? ""
            hash = try DocumentSource.hash(
                file: path, elsewhere: "--reference REFERENCE --sha256 HEX instead of --file")
            if reference == nil { name = URL(fileURLWithPath: path).lastPathComponent }
        }
        return .with {
            $0.type = type
            $0.reference = name
            $0.sha256 = hash
            $0.refundID = refundID
        }
    }
}

extension Returns_V1_DocumentType {
    /// Who attaches it (STATES.md, *Documents*); empty for one that is newer than this program.
    var roles: [Returns_V1_Role] {
        switch self {
        case .application: [.channel, .service, .supervisor]
        case .waybill: [.channel, .service, .logistics, .supervisor]
        case .signedReceipt: [.service, .warehouse, .supervisor]
        case .inspectionReport: [.warehouse, .supervisor]
        case .refundVoucher: [.finance, .supervisor]
        case .other: [.channel, .service, .logistics, .warehouse, .finance, .supervisor]
        case .unspecified, .UNRECOGNIZED: []
        }
    }
}
