import HTTPPosting
import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import SwiftProtobuf

struct WebhookService: WebhookServiceProvider {
    let engine: CaseEngine
    let dispatcher: WebhookDispatcher
    let eventLimits: EventLimits
    let asked: EventPermits

    var limits: WebhookLimits { dispatcher.limits }

    init(engine: CaseEngine, dispatcher: WebhookDispatcher, eventLimits: EventLimits) {
        self.engine = engine
        self.dispatcher = dispatcher
        self.eventLimits = eventLimits
        asked = EventPermits(dispatcher.limits.askedPostsMax)
    }

    // MARK: Creating and deleting

    func createWebhook(
        _ request: Returns_V1_CreateWebhookRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_CreateWebhookReply> {
        let store = engine.store(for: context)
        try checkName(request.name)
        try HTTPPostURL.check(ofWebhook: request.url, limits)
        var webhook = Webhook(
            name: request.name, instance: .random(in: 1...UInt64(UInt32.max)), url: request.url,
            secret: WebhookSignature.randomSecret(bytes: Webhook.secretBytes),
            filter: try EventFilter(request.filter, limits: eventLimits),
            giveUpMilliseconds: try giveUpMilliseconds(request.giveUpAfterMs)
                ?? limits.giveUpMillisecondsDefault,
            attemptsMax: try attemptsMax(request.attemptsMax) ?? limits.attemptsMaxDefault,
            createdAt: SystemClock.wall(), createdBy: context.principal.name)
        // Before the log is looked at: a place of an earlier run is told of a loss once too often at worst.
        let run = store.identity.presentRun
        let figures = try await store.consumerFigures(
            (0..<store.partitioning.count).map { EventID(partition: $0, position: .zero) }, of: "",
            deadline: context.deadline)
        let places = figures.map { figures in
            var place =
                switch request.start {
                case .beginning(true): figures.beginning
                case .sinceMs(let milliseconds): figures.place(since: Instant(milliseconds: milliseconds))
                case .beginning(false), nil: figures.end
                }
            place.run = run
            return place
        }
        var isReplay = false
        switch try await store.addWebhook(
            webhook, state: WebhookState(epoch: webhook.firstEpoch, places: places),
            request: CommitRequest(context),
            deadline: context.deadline)
        {
        case .added: break
        case .replay(let made):
            guard made.rotations == 0 else {
                throw RCPFailureAfterChange(outcome: .applied, cause: CaseRejection.secretRotatedSince())
            }
            webhook = made
            isReplay = true
        case .exists:
            throw CaseRejection(
                kind: .alreadyExists, code: "WEBHOOK_EXISTS", field: "name",
                text: "there is a webhook of that name; take another name, or delete that one")
        case .full:
            throw RCPStatus(
                code: .resourceExhausted, outcome: .notApplied,
                text: "there are \(ReturnsStore.webhooksMax) webhooks already; delete one that nobody uses",
                details: [RCPErrorDetail(reason: "TOO_MANY_WEBHOOKS")])
        case .deletedSince:
            throw RCPFailureAfterChange(
                outcome: .applied,
                cause: CaseRejection.notAllowed(
                    "DELETED_SINCE",
                    "somebody has deleted the webhook since; create it with a new request"))
        case .requestIDReused: throw RCPStatus.requestIDReused()
        }
        dispatcher.ring()
        let made = webhook
        let proto = try await afterChange {
            try await self.proto(made, try await found(request.name, context).state, context)
        }
        return RCPReply(
            .with {
                $0.webhook = proto
                $0.secret = WebhookSignature.secretText(webhook.secret)
            }, replayed: isReplay)
    }

    func deleteWebhook(
        _ request: Returns_V1_DeleteWebhookRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_DeleteWebhookReply> {
        try checkName(request.name)
        let store = engine.store(for: context)
        try store.requireEveryChannel()
        try await requireNoneOfNewerBuild(request.name, store, context)
        let removal = try await store.removeWebhook(
            request.name, request: CommitRequest(context), deadline: context.deadline)
        switch removal {
        case .changed, .replay: break
        case .missing, .moved: throw CaseRejection.webhookUnknown()
        case .requestIDReused: throw RCPStatus.requestIDReused()
        }
        dispatcher.ring()
        _ = try await afterChange { try await store.releaseStrayWebhooks(deadline: context.deadline) }
        return RCPReply(Returns_V1_DeleteWebhookReply(), replayed: removal != .changed)
    }

    /// What a newer build keeps of a webhook besides would stay, or be lost, where this one deletes it.
    ///
    /// - Throws: also where its state alone is a newer build's.
    private func requireNoneOfNewerBuild(
        _ name: String, _ store: ReturnsStore, _ context: RCPCallContext
    ) async throws {
        // One that has gone may be this request's own doing, and another's webhook may have its name by now.
        let answer = try await store.webhookAnswer(to: CommitRequest(context), deadline: context.deadline)
        guard answer == nil else { return }
        do throws(StoreError) {
            _ = try await store.loadWebhook(name, deadline: context.deadline)
        } catch {
            guard error.isLocal, !error.isNewer else { throw error }
        }
    }

    func listWebhooks(
        _ request: Returns_V1_ListWebhooksRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListWebhooksReply> {
        let store = engine.store(for: context)
        let cursor = try ListCursor(of: request, key: store.cursorKey())
        var reply = Returns_V1_ListWebhooksReply()
        let webhooks = try await store.loadWebhooks(deadline: context.deadline)
        let page = NamePage(
            webhooks.entries, after: try cursor.place(request.cursor), limit: request.pageItems, name: \.name)
        reply.nextCursor = cursor.text(page.next)
        var unreadable: Set<Int> = []
        var unread = UnreadRecords<String>()
        for entry in page.items {
            let (webhook, state): (Webhook, WebhookState?)
            do throws(StoreError) {
                webhook = try entry.result.get()
                state = try await store.loadWebhookState(webhook, deadline: context.deadline)
            } catch {
                guard error.isLocal else { throw error }
                unread.note(entry.name, error)
                continue
            }
            guard let state else { continue }
            let standing = try await standing(webhook, state, context)
            unreadable.formUnion(standing.unreadablePartitions)
            reply.webhooks.append(try await proto(webhook, state, standing, context))
        }
        (reply.unreadableNames, reply.newerNames) = (unread.damaged, unread.newer)
        reply.unreadablePartitions = unreadable.sorted().map { UInt32($0) }
        return RCPReply(
            reply, readBytes: reply.webhooks.count * store.partitioning.count * ReturnsStore.partitionBytes)
    }

    // MARK: Enabling and disabling

    func enableWebhook(
        _ request: Returns_V1_EnableWebhookRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_EnableWebhookReply> {
        var reply = Returns_V1_EnableWebhookReply()
        let store = engine.store(for: context)
        let answer = try await change(request.name, context) { webhook, state in
            reply = Returns_V1_EnableWebhookReply()
            guard !state.isEnabled else { return .none }
            let figures = try await store.consumerFigures(state, of: webhook, deadline: context.deadline)
            let now = SystemClock.wall()
            var lost: Int64? = 0
            let fields: [WebhookField] = [
                .enabled(true), .reason(.unspecified), .disabledAt(nil), .failures(0), .failingSince(nil),
            ]
            var orders: [Int: ConsumerOrder] = [:]
            var noted = Array(state.losses.values)
            for (partition, (place, figures)) in zip(state.places, figures).enumerated() {
                // What the store has lost meanwhile is noted, too, so that it can be confirmed at once.
                let entered = store.identity.entering(place, of: partition, now: now)
                var place = entered?.place ?? place
                var found = entered?.loss
                // What is lost in a partition that is damaged is noted, and told, once it can be read.
                if let figures, let loss = figures.loss(at: place, now: now) {
                    reply.lost = true
                    lost = loss.events.flatMap { more in lost.map { $0 + more } }
                    place = place.moved(to: figures.beginning)
                    found = loss.joined(found)
                }
                if let loss = found?.noted(after: noted, confirmedThrough: state.confirmedThrough) {
                    noted.append(loss)
                    orders[partition] = ConsumerOrder(place: place, loss: loss)
                }
            }
            if reply.lost, let lost { reply.lostEvents = UInt64(clamping: lost) }
            // What was lost is known now alone.
            return .init(
                fields: fields, orders: orders, answer: Array(try reply.serializedBytes() as [UInt8]))
        } whenChanged: { webhook, state in
            try await store.holdOutbox(webhook, state.places, deadline: context.deadline)
        }
        reply = try await afterChange {
            var told = reply
            if let answer { told = try Returns_V1_EnableWebhookReply(serializedBytes: answer) }
            told.webhook = try await shown(request.name, context)
            return told
        }
        return RCPReply(reply, replayed: answer != nil)
    }

    func disableWebhook(
        _ request: Returns_V1_DisableWebhookRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_DisableWebhookReply> {
        let answer = try await change(request.name, context) { _, state in
            guard state.isEnabled else { return .none }
            return .init(fields: [.enabled(false), .reason(.byHand), .disabledAt(SystemClock.wall())])
        } whenChanged: { webhook, _ in
            try await engine.store(for: context).releaseOutbox(webhook.holder, deadline: context.deadline)
        }
        let proto = try await afterChange { try await shown(request.name, context) }
        return RCPReply(.with { $0.webhook = proto }, replayed: answer != nil)
    }

    // MARK: Losses

    func confirmResync(
        _ request: Returns_V1_ConfirmResyncRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ConfirmResyncReply> {
        guard request.throughMs > 0 else {
            throw CaseRejection.invalid(
                "FIELD_REQUIRED", "through_ms", "give loss.last_ms as ListWebhooks tells it")
        }
        let answer = try await change(request.name, context) { _, state in
            // Not as late as was asked: what is lost from now on is not confirmed.
            let latest = state.losses.values.map(\.last).filter { $0.milliseconds <= request.throughMs }.max()
            return latest.map { .init(fields: [.confirmedThrough($0)]) } ?? .none
        }
        let proto = try await afterChange { try await shown(request.name, context) }
        return RCPReply(.with { $0.webhook = proto }, replayed: answer != nil)
    }

    func shown(_ name: String, _ context: RCPCallContext) async throws -> Returns_V1_Webhook {
        let (webhook, state) = try await found(name, context)
        return try await proto(webhook, state, context)
    }

    /// What a request changes of a webhook.
    struct Decision {
        static let none = Decision()
        /// Of its state.
        var fields: [WebhookField] = []
        /// Of its progress, by partition.
        var orders: [Int: ConsumerOrder] = [:]
        /// What takes its place; nil where the record stays.
        var replacement: Webhook?
        /// What to tell a repetition of the request besides.
        var answer: [UInt8] = []

        var changesAnything: Bool { !fields.isEmpty || !orders.isEmpty || replacement != nil }
    }

    /// Changes a webhook, decided on what it is; decided anew when others change it meanwhile.
    ///
    /// - Returns: what was told when the request was carried out before; nil if it was not.
    func change(
        _ name: String, _ context: RCPCallContext,
        _ decide: (Webhook, WebhookState) async throws -> Decision,
        whenChanged: (Webhook, WebhookState) async throws -> Void = { _, _ in }
    ) async throws -> [UInt8]? {
        let store = engine.store(for: context)
        // The webhook may have been deleted since, which does not unmake what this request did.
        switch try await store.webhookAnswer(to: CommitRequest(context), deadline: context.deadline) {
        case .replay(let answer): return answer
        case .requestIDReused: throw RCPStatus.requestIDReused()
        default: break
        }
        for _ in 0..<limits.changeAttemptsMax {
            let (webhook, state) = try await found(name, context)
            let decision = try await decide(webhook, state)
            switch try await store.changeWebhook(
                webhook, state, decision.fields, orders: decision.orders, replacement: decision.replacement,
                answer: decision.answer, request: CommitRequest(context), deadline: context.deadline)
            {
            case .changed:
                if decision.changesAnything {
                    try await afterChange {
                        try await whenChanged(webhook, try await found(name, context).state)
                    }
                    dispatcher.ring()
                }
                return nil
            case .replay(let answer): return answer
            case .missing: throw CaseRejection.webhookUnknown()
            case .requestIDReused: throw RCPStatus.requestIDReused()
            case .moved: continue
            }
        }
        throw RCPStatus.tooManyConflicts()
    }
}

extension ConsumerFigures {
    /// Behind everything recorded before a time, as far as it is kept.
    func place(since time: Instant) -> OutboxPlace {
        let position = max(trimmed, min(OutboxID(before: time), last))
        if position == last { return end }
        return position == trimmed ? beginning : OutboxPlace(position: position, ordinal: nil)
    }
}

extension CaseRejection {
    /// Nothing tells where a place would stand there.
    static func partitionUnreadable(_ partition: Int) -> CaseRejection {
        .notAllowed(
            "PARTITION_UNREADABLE",
            "the log of events of partition \(partition) is damaged; mend it first (RUNBOOK.md, \"The log of events is damaged\")"
        )
    }

    static func webhookUnknown() -> CaseRejection {
        CaseRejection(
            kind: .notFound, code: "WEBHOOK_UNKNOWN", field: "name",
            text: "there is no such webhook; list them")
    }
}
