"""The check against Protocol/baseline.binpb: every rule by a small change of a small schema."""

import importlib.util
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "Protocol" / "compatibility.py"


def _module():
    specification = importlib.util.spec_from_file_location("compatibility", TOOL)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


tool = _module()

BEFORE = """
syntax = "proto3";
package library.v1;
import "rcp/options.proto";

enum Genre {
  GENRE_UNSPECIFIED = 0;
  GENRE_NOVEL = 1;
  GENRE_VERSE = 2;
  reserved 5, 7 to 9;
  reserved "GENRE_DRAMA";
}

message Book {
  string title = 1;
  int64 pages = 2;
  optional int64 price = 3;
  repeated string authors = 4;
  Genre genre = 5;
  oneof place {
    string shelf = 6;
    string room = 7;
  }
  map<string, Copy> copies = 8;
  reserved 20, 30 to 32;
  reserved "isbn";

  message Copy {
    int64 number = 1;
  }
}

service LoanService {
  rpc Lend(Book) returns (Book) {
    option (rcp.method_id) = 0x0101;
    option (rcp.idempotency) = MUTATION;
    option (rcp.role) = "desk";
    option (rcp.role) = "keeper";
  }
  rpc Watch(Book) returns (stream Book) {
    option (rcp.method_id) = 0x0102;
    option (rcp.idempotency) = READ_ONLY;
    option (rcp.role) = "any";
  }
}
"""


def schema(text, folder, file="library/v1/library.proto"):
    path = folder / file
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return tool.Schema(tool.compiled(folder, ROOT / "Protocol"))


@pytest.fixture(scope="session")
def before(tmp_path_factory):
    return schema(BEFORE, tmp_path_factory.mktemp("before"))


def changed(old, new):
    """The schema's text with one thing changed, which stands in it once."""
    assert BEFORE.count(old) == 1, old
    return BEFORE.replace(old, new)


ID = "option (rcp.method_id) = "
LEND = BEFORE[BEFORE.index("  rpc Lend") : BEFORE.index("  rpc Watch")]
BREAKING = {
    "field gone": (
        ("  int64 pages = 2;\n", ""),
        "Book.pages",
        'field 2 is gone; bring it back, or write `reserved 2;` and `reserved "pages";`',
    ),
    "field gone, its name not reserved": (
        ("  int64 pages = 2;\n", "  reserved 2;\n"),
        "Book.pages",
        "field 2 is gone",
    ),
    "field renumbered": (("int64 pages = 2", "int64 pages = 12"), "Book.pages", "has the number 12 now"),
    "field number reused": (("int64 pages = 2", "int64 leaves = 2"), "Book.pages", "field 2 is leaves now"),
    "type": (("int64 pages = 2", "int32 pages = 2"), "Book.pages", "type of field 2 was int64 and is int32"),
    "message type": (
        ("Genre genre = 5", "Copy genre = 5"),
        "Book.genre",
        "type of field 5 was library.v1.Genre and is library.v1.Book.Copy",
    ),
    "map's type": (("map<string, Copy>", "map<int64, Copy>"), "Book.CopiesEntry.key", "type of field 1"),
    "cardinality": (
        ("repeated string authors", "string authors"),
        "Book.authors",
        "cardinality of field 4 was repeated and is single",
    ),
    "presence lost": (
        ("optional int64 price", "int64 price"),
        "Book.price",
        "presence of field 3 was told (optional) and is not told",
    ),
    "presence gained": (("int64 pages = 2", "optional int64 pages = 2"), "Book.pages", "presence of field 2"),
    "out of a oneof": (
        ("    string room = 7;\n  }\n", "  }\n  string room = 7;\n"),
        "Book.room",
        "oneof of field 7 was place and is none",
    ),
    "reserved number used": (
        ("  reserved 20, 30 to 32;", "  string note = 31;\n  reserved 20, 30, 32;"),
        "Book.note",
        "the number 31 was used before",
    ),
    "reserved number forgotten": (
        ("reserved 20, 30 to 32", "reserved 30 to 32"),
        "Book",
        "`reserved 20 to 20;` is gone",
    ),
    "reserved name used": (
        ('  reserved "isbn";', "  string isbn = 40;"),
        "Book.isbn",
        "the name was used before",
    ),
    "reserved name forgotten": (('  reserved "isbn";', ""), "Book", '`reserved "isbn";` is gone'),
    "nested message gone": (
        ("message Copy {", "message Exemplar {"),
        "Book.Copy",
        "the message is gone, or has another name",
    ),
    "enum value gone": (
        ("  GENRE_VERSE = 2;\n", ""),
        "Genre.GENRE_VERSE",
        'write `reserved 2;` and `reserved "GENRE_VERSE";`',
    ),
    "enum value renumbered": (
        ("GENRE_VERSE = 2", "GENRE_VERSE = 3"),
        "Genre.GENRE_VERSE",
        "has the number 3 now",
    ),
    "enum value reused": (
        ("GENRE_VERSE = 2", "GENRE_ESSAY = 2"),
        "Genre.GENRE_VERSE",
        "value 2 is GENRE_ESSAY now",
    ),
    "enum reservation used": (
        ("  reserved 5, 7 to 9;", "  GENRE_ESSAY = 9;\n  reserved 5, 7 to 8;"),
        "Genre.GENRE_ESSAY",
        "the number 9 was used before",
    ),
    "enum reservation forgotten": (
        ("reserved 5, 7 to 9;", "reserved 5, 7 to 8;"),
        "Genre",
        "`reserved 7 to 9;` is gone",
    ),
    "method gone": ((LEND, ""), "LoanService/Lend", "the method is gone or has another name"),
    "method renamed": (("rpc Lend(", "rpc Loan("), "LoanService/Lend", "the method is gone"),
    "method id": ((f"{ID}0x0101", f"{ID}0x0103"), "LoanService/Lend", "was 0x0101 and is 0x0103"),
    "method id reused": (
        (LEND, LEND + LEND.replace("Lend", "Borrow").replace("0x0101", "0x0102").rstrip()),
        "LoanService/Borrow",
        "method id 0x0102 was that of library.v1.LoanService/Watch",
    ),
    "idempotency": (
        ("= MUTATION", "= READ_ONLY"),
        "LoanService/Lend",
        "the idempotency was MUTATION and is READ_ONLY",
    ),
    "role taken": (
        ('    option (rcp.role) = "keeper";\n', ""),
        "LoanService/Lend",
        "keeper may not call it any more",
    ),
    "no longer for all": (
        ('(rcp.role) = "any"', '(rcp.role) = "desk"'),
        "LoanService/Watch",
        "any may not call it any more",
    ),
    "request type": (
        ("rpc Lend(Book)", "rpc Lend(Book.Copy)"),
        "LoanService/Lend",
        "the request was library.v1.Book and is library.v1.Book.Copy",
    ),
    "streams no more": (
        ("(stream Book)", "(Book)"),
        "LoanService/Watch",
        "the reply was stream library.v1.Book and is library.v1.Book",
    ),
}


@pytest.mark.parametrize("case", BREAKING)
def test_a_breaking_change_is_named(before, tmp_path, case):
    (old, new), name, text = BREAKING[case]
    now = schema(changed(old, new).replace("map<string, Copy>", _copies(new)), tmp_path)
    found = [
        problem for problem in tool.breaking_changes(before, now) if problem.name == f"library.v1.{name}"
    ]
    assert len(found) == 1, tool.breaking_changes(before, now)
    assert found[0].file == "library/v1/library.proto"
    assert text in found[0].text


def _copies(new):
    # A renamed message is used under its new name.
    return "map<string, Exemplar>" if "Exemplar" in new else "map<string, Copy>"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  int64 pages = 2;", "  int64 pages = 2;\n  string language = 9;"),
        ("  GENRE_VERSE = 2;", "  GENRE_VERSE = 2;\n  GENRE_ESSAY = 3;"),
        ("    string room = 7;", "    string room = 7;\n    string cellar = 10;"),
        ("  int64 pages = 2;\n", '  reserved 2;\n  reserved "pages";\n'),
        ("  GENRE_VERSE = 2;\n", '  reserved 2;\n  reserved "GENRE_VERSE";\n'),
        ("reserved 20, 30 to 32", "reserved 20 to 40"),
        ("service LoanService", "message Reader {\n  string name = 1;\n}\n\nservice LoanService"),
        (LEND, LEND + LEND.replace("Lend", "Borrow").replace("0x0101", "0x0103")),
        (
            '    option (rcp.role) = "keeper";\n',
            '    option (rcp.role) = "keeper";\n    option (rcp.role) = "reader";\n',
        ),
        (
            '    option (rcp.role) = "desk";\n    option (rcp.role) = "keeper";\n',
            '    option (rcp.role) = "any";\n',
        ),
        ("message Book {", "// One title.\nmessage Book {"),
    ],
)
def test_additions_break_nothing(before, tmp_path, old, new):
    assert tool.breaking_changes(before, schema(changed(old, new), tmp_path)) == []


# A message that is stored, in groups.
STORED = """
syntax = "proto3";
package library.v1;
import "rcp/options.proto";

enum Condition {
  CONDITION_UNSPECIFIED = 0;
  CONDITION_GOOD = 1;
}

message Loan {
  option (rcp.field_group) = { name: "public" };
  option (rcp.field_group) = { name: "desk", personal: true };
  string title = 1;
  Condition condition = 2;
  string remark = 3 [(rcp.group) = "desk"];
  string reader = 4 [(rcp.group) = "desk", (rcp.personal) = true];
  repeated Copy copies = 5;
  uint32 renewals = 6 [(rcp.level) = 2];
}

message Copy {
  int64 number = 1;
}

message Notice {
  string text = 1;
}
"""


@pytest.mark.parametrize(
    ("old", "new", "name", "text"),
    [
        ('= 3 [(rcp.group) = "desk"]', "= 3", "Loan.remark", "its group was 'desk' and is 'public'"),
        (", (rcp.personal) = true", "", "Loan.reader", "it was marked personal and is not"),
        ("(rcp.level) = 2", "(rcp.level) = 3", "Loan.renewals", "its level was 2 and is 3"),
        (
            "  string title = 1;",
            "  string title = 1;\n  string shelf = 7;",
            "Loan.shelf",
            "write (rcp.level) = 3",
        ),
        (
            "  string title = 1;",
            "  string title = 1;\n  string shelf = 7 [(rcp.level) = 2];",
            "Loan.shelf",
            "write (rcp.level) = 3",
        ),
        (
            "  int64 number = 1;",
            "  int64 number = 1;\n  bool lost = 2;",
            "Copy.lost",
            "write (rcp.level) = 3",
        ),
        (
            "  CONDITION_GOOD = 1;",
            "  CONDITION_GOOD = 1;\n  CONDITION_WORN = 2;",
            "Condition.CONDITION_WORN",
            "write (rcp.value_level) = 3",
        ),
        (
            '  string remark = 3 [(rcp.group) = "desk"];',
            '  reserved 3;\n  reserved "remark";',
            "Loan",
            "field 3 is gone, and records hold it; keep it",
        ),
        (
            "  CONDITION_GOOD = 1;",
            '  reserved 1;\n  reserved "CONDITION_GOOD";',
            "Condition",
            "value 1 is gone, and records hold it; keep it",
        ),
        ("  string title = 1;", "  string title = 1;\n  string shelf = 7 [(rcp.level) = 3];", None, None),
        (
            "  CONDITION_GOOD = 1;",
            "  CONDITION_GOOD = 1;\n  CONDITION_WORN = 2 [(rcp.value_level) = 3];",
            None,
            None,
        ),
        ("  string text = 1;", "  string text = 1;\n  string author = 2;", None, None),
    ],
)
def test_what_records_hold_stays_and_grows_by_levels(tmp_path, monkeypatch, old, new, name, text):
    monkeypatch.setattr(tool, "STORED", ("library.v1.Loan",))
    assert STORED.count(old) == 1, old
    was, is_now = schema(STORED, tmp_path / "was"), schema(STORED.replace(old, new), tmp_path / "now")
    found = tool.breaking_changes(was, is_now)
    assert [problem.name for problem in found] == ([f"library.v1.{name}"] if name else [])
    assert all(text in problem.text for problem in found)


def test_another_package_is_another_schema_under_the_same_ids(before, tmp_path):
    now = schema(changed("package library.v1;", "package library.v2;"), tmp_path)
    assert [problem.name for problem in tool.breaking_changes(before, now)] == [
        "library.v1.Book",
        "library.v1.Genre",
        "library.v1.LoanService",
        "library.v2.LoanService/Lend",
        "library.v2.LoanService/Watch",
    ]


def test_a_thing_may_move_to_another_file(before, tmp_path):
    assert tool.breaking_changes(before, schema(BEFORE, tmp_path, "library/v1/books.proto")) == []


def test_the_command_names_what_breaks_and_takes_a_new_baseline(tmp_path):
    shutil.copytree(ROOT / "Protocol", tmp_path / "Protocol")
    command = [sys.executable, tmp_path / "Protocol" / "compatibility.py"]

    def run(*flags):
        return subprocess.run([*command, *flags], capture_output=True, text=True, check=False)

    assert run("--write").returncode == 0
    assert run().returncode == 0
    proto = tmp_path / "Protocol" / "rcp" / "discovery" / "v1" / "discovery.proto"
    proto.write_text(proto.read_text().replace("bytes sha256 = 2;", "string sha256 = 2;"))
    broken = run()
    assert broken.returncode == 1
    assert broken.stderr.splitlines() == [
        "Protocol/rcp/discovery/v1/discovery.proto: rcp.discovery.v1.GetSchemaReply.sha256: the type of field"
        " 2 was bytes and is string; a field with another meaning is a new field, with a number of its own",
        "1 breaking changes since baseline.binpb was taken",
    ]
    assert run("--write").returncode == 0
    assert run().returncode == 0
    (tmp_path / "Protocol" / "baseline.binpb").unlink()
    assert "baseline.binpb is missing" in run().stderr
