import ReturnsDomain
import ReturnsTestSupport
import Testing

@Suite struct CaseIDTests {
    private static let samples: [CaseID] = {
        var random = SeededGenerator(seed: 9)
        return (0..<40).map { _ in
            CaseID(
                at: CaseID.epoch.adding(Int64.random(in: 0..<(1 << 40), using: &random)),
                partition: Int.random(in: 0..<CaseID.partitionsMax, using: &random),
                random: UInt32.random(in: CaseID.randomRange, using: &random))
        }
    }()
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    @Test func readsWhatItWrites() {
        for id in Self.samples {
            #expect(id.description.count == CaseID.length)
            #expect(CaseID(id.description) == id)
            #expect(Array(id.description.utf8) == id.asciiBytes)
        }
    }

    @Test func everyPartitionComesBack() {
        for partition in 0..<CaseID.partitionsMax {
            #expect(
                CaseID(at: Fixture.monday, partition: partition, random: (1 << 23) - 1).partition == partition
            )
        }
    }

    @Test func sortsByTimeAsANumberAndAsText() {
        let ids = (0..<200).map {
            CaseID(at: Fixture.monday.adding(Int64($0) * 31), partition: 4_095 - $0, random: 0)
        }
        #expect(ids == ids.sorted())
        #expect(ids.map(\.description) == ids.map(\.description).sorted())
    }

    @Test func everyWrongCharacterIsNoticed() {
        for id in Self.samples {
            let text = Array(id.description)
            for position in text.indices {
                for letter in Self.letters where letter != text[position] {
                    var wrong = text
                    wrong[position] = letter
                    #expect(CaseID(String(wrong)) == nil, "\(String(wrong)) for \(id)")
                }
            }
        }
    }

    @Test func everySwapOfNeighboursIsNoticed() {
        for id in Self.samples {
            let text = Array(id.description)
            for position in 0..<(text.count - 1) where text[position] != text[position + 1] {
                var wrong = text
                wrong.swapAt(position, position + 1)
                #expect(CaseID(String(wrong)) == nil, "\(String(wrong)) for \(id)")
            }
        }
    }

    @Test func readsWhatPeopleWrite() {
        for id in Self.samples {
            let text = id.description
            let written = text.lowercased().replacing("0", with: "o").replacing("1", with: "l")
            #expect(CaseID(written) == id)
            #expect(CaseID(text.replacing("1", with: "I")) == id)
            let half = text.index(text.startIndex, offsetBy: 8)
            #expect(CaseID("\(text[..<half])-\(text[half...]) ") == id)
        }
    }

    @Test(arguments: [
        "", "0", "UUUUUUUUUUUUUUUU", "000000000000000", "00000000000000000", "00000000é0000000",
        "________________",
    ])
    func isNoID(_ text: String) {
        #expect(CaseID(text) == nil)
    }
}
