"""Makes the next build of returnsd out of a copy of the tree, for test_changeover.py: one that knows a field
of cases and a writer level more than this one.

    git worktree add --detach DIR
    python Tests/EndToEnd/newer_build.py DIR
    RETURNSD=DIR/.build/debug/returnsd RETURNS_OLDER_BINARY=… pytest Tests/EndToEnd/test_changeover.py

A case that is written at the new level holds the field; below it, as every new field, it is not written.
"""

import pathlib
import subprocess
import sys

# A number that no field of a case has, and the field's bytes: a tag of two, and 7.
FIELD, LEVEL = 1999, 2
BYTES = [FIELD << 3 & 0x7F | 0x80, FIELD >> 4, 7]
CHANGES = {
    "Protocol/returns/v1/case.proto": [
        (
            "  CaseEngine engine = 70",
            "  // Of the next writer level: what this build knows more than the one before.\n"
            f"  uint32 next_level = {FIELD};\n"
            "  CaseEngine engine = 70",
        )
    ],
    "Sources/ReturnsRecords/WriterLevel.swift": [
        (
            "    package static let highest = first\n",
            f"    package static let highest = WriterLevel({LEVEL})\n",
        ),
    ],
    "Sources/ReturnsRecords/Case/CaseReading.swift": [
        (
            "            case Fields.id: id = reader.read(Fields.id)\n",
            "            case Fields.id: id = reader.read(Fields.id)\n"
            "            case Fields.nextLevel: _ = reader.read(Fields.nextLevel)\n",
        ),
    ],
    "Sources/ReturnsRecords/Case/TransitionRecord.swift": [
        (
            "CaseRecord(transition.caseAfter, level: level)",
            "CaseRecord(transition.caseAfter, level: level).withNextLevel()",
        ),
        (
            "import ReturnsDomain\n",
            "import ReturnsDomain\n\n"
            "extension CaseRecord {\n"
            "    fileprivate func withNextLevel() -> CaseRecord {\n"
            f"        guard level >= WriterLevel({LEVEL}) else {{ return self }}\n"
            "        var parts = Group.allCases.map { self[$0] }\n"
            f"        parts[Group.everybody.rawValue].writeBytes({BYTES})\n"
            "        return CaseRecord(parts: parts, level: level)\n"
            "    }\n"
            "}\n",
        ),
    ],
}


def main(tree):
    for name, changes in CHANGES.items():
        file = tree / name
        text = file.read_text()
        for before, after in changes:
            assert text.count(before) == 1, f"{name} no longer holds, once: {before}"
            text = text.replace(before, after)
        file.write_text(text)
    subprocess.run([tree / "scripts" / "generate"], cwd=tree, check=True)
    subprocess.run(["swift", "build", "--product", "returnsd"], cwd=tree, check=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
