import Foundation
import Synchronization

/// The terminal as a canvas, given back as it was on every way out: by its user, by a failure, or by a signal.
struct FullScreen {
    private static let isShown = Atomic<Bool>(false)
    /// The alternate screen, without a cursor; long lines are cut, not wrapped.
    private static let beginning = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
    private static let ending = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    func begin() throws(OutputFailure) {
        Self.isShown.store(true, ordering: .sequentiallyConsistent)
        try Output.write(Self.beginning, to: STDOUT_FILENO)
    }

    /// Does nothing where no screen was taken, so that whatever ends the program may call it. If even this cannot be written
    /// there is no terminal any more.
    static func end() {
        guard isShown.exchange(false, ordering: .sequentiallyConsistent) else { return }
        try? Output.write(ending, to: STDOUT_FILENO)
    }

    /// Written over what was there, in one piece, so that nothing flickers.
    func draw(_ lines: [String]) throws(OutputFailure) {
        guard Self.isShown.load(ordering: .sequentiallyConsistent) else { return }
        let shown = lines.prefix(max(1, size.rows - 1))
        let body = shown.map { "\($0)\u{1B}[K\r\n" }.joined()
        try Output.write("\u{1B}[H\(body)\u{1B}[J", to: STDOUT_FILENO)
    }

    var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return (24, 80) }
        return (Int(size.ws_row), Int(size.ws_col))
    }
}
