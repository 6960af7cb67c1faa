/// All that is wrong with one run, so that an author sees every mistake at once; protoc prints the text.
struct GenerationProblems: Error, CustomStringConvertible {
    let problems: [String]

    init(problems: [String]) {
        self.problems = problems
    }

    init(_ problem: String) {
        self.problems = [problem]
    }

    var description: String {
        self.problems.joined(separator: "\n")
    }
}
