"""Makes the next build of returnsd out of a copy of the tree, for test_changeover.py: one that knows a field
of the form, a field of policies and a writer level more than this one, by "How to add a field to the form" of
ARCHITECTURE.md.

    git worktree add --detach DIR
    python Tests/EndToEnd/newer_build.py DIR
    RETURNSD=DIR/.build/debug/returnsd RETURNS_OLDER_BINARY=… pytest Tests/EndToEnd/test_changeover.py
"""

import pathlib
import subprocess
import sys

# A number that no field of a submission, a case or a policy has.
NUMBER, LEVEL = 1999, 3
CHANGES = {
    "Protocol/returns/v1/case.proto": [
        (
            "  repeated RequestedLine lines = 7;\n",
            "  repeated RequestedLine lines = 7;\n"
            f"  // What the next level brings.\n  string gift_text = {NUMBER};\n",
        ),
        (
            "  // As the policy names it.\n  string reason_code = 14;\n",
            "  // As the policy names it.\n  string reason_code = 14;\n"
            f"  // What the next level brings.\n  string gift_text = {NUMBER} [(rcp.level) = {LEVEL}];\n",
        ),
    ],
    "Sources/ReturnsDomain/Case/ReturnForm.swift": [
        (
            "    public var conditions: [DeclaredCondition]\n",
            "    public var conditions: [DeclaredCondition]\n    public var giftText: String\n",
        ),
        (
            "conditions: [DeclaredCondition] = []\n",
            'conditions: [DeclaredCondition] = [], giftText: String = ""\n',
        ),
        (
            "        self.conditions = conditions\n",
            "        self.conditions = conditions\n        self.giftText = giftText\n",
        ),
        (
            '        try Require.text(freeText, "free_text",',
            '        try Require.text(giftText, "gift_text", max: 100, optional: true)\n'
            '        try Require.text(freeText, "free_text",',
        ),
        (
            "+ freeText.utf8.count + contactBytes",
            "+ freeText.utf8.count + giftText.utf8.count + contactBytes",
        ),
    ],
    "Sources/ReturnsRecords/Case/ReturnForm+Record.swift": [
        ("isMet: $0.met) })\n", "isMet: $0.met) },\n            giftText: request.giftText)\n"),
        (
            "        default: break\n",
            "        case Fields.giftText: form.giftText = reader.read(Fields.giftText)\n"
            "        default: break\n",
        ),
    ],
    "Sources/ReturnsRecords/Case/Case+Writing.swift": [
        (
            "        writer.append(Fields.reasonCode, form.reasonCode)\n",
            "        writer.append(Fields.reasonCode, form.reasonCode)\n"
            "        writer.append(Fields.giftText, form.giftText)\n",
        ),
    ],
    "Protocol/returns/v1/policy.proto": [
        (
            "  bool returnless_allowed = 11;\n",
            "  bool returnless_allowed = 11;\n"
            f"  // What the next level brings.\n  string gift_text = {NUMBER} [(rcp.level) = {LEVEL}];\n",
        ),
    ],
    "Sources/ReturnsDomain/Policy/ReturnPolicy.swift": [
        (
            "    public var isReturnlessAllowed: Bool\n",
            "    public var isReturnlessAllowed: Bool\n    public var giftText: String\n",
        ),
        (
            "isReturnlessAllowed: Bool = false,\n",
            'isReturnlessAllowed: Bool = false, giftText: String = "",\n',
        ),
        (
            "        self.createdBy = createdBy\n",
            "        self.createdBy = createdBy\n        self.giftText = giftText\n",
        ),
    ],
    "Sources/ReturnsRecords/Policy/ReturnPolicy+Message.swift": [
        (
            "isReturnlessAllowed: proto.returnlessAllowed, createdAt",
            "isReturnlessAllowed: proto.returnlessAllowed, giftText: proto.giftText, createdAt",
        ),
        (
            "            $0.returnlessAllowed = isReturnlessAllowed\n",
            "            $0.returnlessAllowed = isReturnlessAllowed\n            $0.giftText = giftText\n",
        ),
    ],
}


def changed(tree):
    """Each file that changes, with its new text. Tests/Tools/test_newer_build.py tries it in every run."""
    texts = {}
    for name, changes in CHANGES.items():
        text = (tree / name).read_text()
        for before, after in changes:
            assert text.count(before) == 1, f"{name} no longer holds, once: {before}"
            text = text.replace(before, after)
        texts[name] = text
    return texts


def main(tree):
    for name, text in changed(tree).items():
        (tree / name).write_text(text)
    subprocess.run([tree / "scripts" / "generate"], cwd=tree, check=True)
    subprocess.run(["swift", "build", "--product", "returnsd"], cwd=tree, check=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
