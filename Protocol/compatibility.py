#!/usr/bin/env python3
"""Fails where today's .proto files break those that are in use, which baseline.binpb describes.

Protocol/compatibility.py            compares and names every breaking change
Protocol/compatibility.py --write    takes today's files as the new baseline

Whatever a client of the baseline sends, today's server must take and mean the same by it, and the other way
round. So messages, fields, enum values, services and methods stay, with their numbers, types, presence and
options. A field or an enum value may go if its number and name are reserved.

Records are kept for ever, and a build decides on none that holds what it does not know. So nothing goes from
the messages that are stored (STORED, and what stands in them), and what is added to them states a level of
the schema above all that the baseline has: it is written once no build of the baseline is left.

A release takes a new baseline. Until the first one, the baseline is taken anew with every breaking change.
"""

import argparse
import dataclasses
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTOCOL = pathlib.Path(__file__).resolve().parent
BASELINE = PROTOCOL / "baseline.binpb"
Field = descriptor_pb2.FieldDescriptorProto
# What records hold that are decided on, or that are decided by.
STORED = tuple(f"returns.v1.{name}" for name in ("Case", "Order", "Policy", "SlaPolicy", "WorkingCalendar"))
FIRST_LEVEL = 1
# Alone in a method's roles, it admits everyone.
ANY_ROLE = "any"


@dataclasses.dataclass(frozen=True, order=True)
class Problem:
    """One breaking change: the .proto file, the full name, what changed and what to do."""

    file: str
    name: str
    text: str

    def __str__(self):
        return f"{self.file}: {self.name}: {self.text}"


@dataclasses.dataclass(frozen=True)
class MethodOptions:
    """What the options of rcp/options.proto say of a method."""

    id: int
    idempotency: str
    roles: frozenset


@dataclasses.dataclass(frozen=True)
class FieldOptions:
    """The same of a field."""

    personal: bool
    group: str
    level: int


class Schema:
    """A set of .proto files, as protoc describes them, by full names."""

    def __init__(self, files):
        self.messages, self.enums, self.services, self.extensions = {}, {}, {}, {}
        self._options = _OptionReader(files)
        for file in files.file:
            # Protobuf's own files are not ours to keep.
            if not file.name.startswith("google/"):
                self._add(file)

    def _add(self, file):
        prefix = f"{file.package}." if file.package else ""
        for service in file.service:
            self.services[prefix + service.name] = (file.name, service)
        for extension in file.extension:
            self.extensions[prefix + extension.name] = (file.name, extension)
        self._add_types(file.name, prefix, file.message_type, file.enum_type)

    def _add_types(self, file, prefix, messages, enums):
        for enum in enums:
            self.enums[prefix + enum.name] = (file, enum)
        for message in messages:
            name = prefix + message.name
            self.messages[name] = (file, message)
            self._add_types(file, f"{name}.", message.nested_type, message.enum_type)

    def options(self, method):
        return self._options.method(method)

    def field_options(self, message, field):
        """A field's options; its group is the message's first where it names none."""
        return self._options.field(message, field)

    def value_level(self, value):
        return self._options.value_level(value)

    def stored(self):
        """The full names of the messages and enumerations that stand in records."""
        names, pending = set(), [name for name in STORED if name in self.messages]
        while pending:
            name = pending.pop()
            if name in names:
                continue
            names.add(name)
            if name in self.messages:
                fields = self.messages[name][1].field
                pending += [field.type_name.removeprefix(".") for field in fields if field.type_name]
        return names

    def highest_level(self):
        levels = [
            self.field_options(message, field).level
            for _, message in self.messages.values()
            for field in message.field
        ]
        levels += [self.value_level(value) for _, enum in self.enums.values() for value in enum.value]
        return max(levels, default=FIRST_LEVEL)


class _OptionReader:
    """Reads options by the extensions that the files themselves declare: no generated code is needed."""

    def __init__(self, files):
        self._pool = None
        if any(file.name == "rcp/options.proto" for file in files.file):
            self._pool = descriptor_pool.DescriptorPool()
            for file in files.file:
                self._pool.Add(file)
            self._messages = {
                kind: message_factory.GetMessageClass(
                    self._pool.FindMessageTypeByName(f"google.protobuf.{kind}Options")
                )
                for kind in ("Method", "Field", "Message", "EnumValue")
            }

    def _value(self, kind, described, name, default):
        try:
            extension = self._pool.FindExtensionByName(f"rcp.{name}")
        except KeyError:
            return default  # An option that came later.
        return (
            self._messages[kind].FromString(described.options.SerializeToString()).Extensions[extension]
            or default
        )

    def method(self, method):
        if self._pool is None:
            return MethodOptions(0, "", frozenset())
        classes = self._pool.FindEnumTypeByName("rcp.Idempotency").values_by_number
        return MethodOptions(
            self._value("Method", method, "method_id", 0),
            classes[self._value("Method", method, "idempotency", 0)].name,
            frozenset(self._value("Method", method, "role", ())),
        )

    def field(self, message, field):
        if self._pool is None:
            return FieldOptions(False, "", FIRST_LEVEL)
        groups = self._value("Message", message, "field_group", ())
        return FieldOptions(
            self._value("Field", field, "personal", False),
            self._value("Field", field, "group", "") or (groups[0].name if groups else ""),
            self._value("Field", field, "level", FIRST_LEVEL),
        )

    def value_level(self, value):
        if self._pool is None:
            return FIRST_LEVEL
        return self._value("EnumValue", value, "value_level", FIRST_LEVEL)


def breaking_changes(before, now):
    """Every change from one schema to another that a peer of the first one would notice, in order."""
    return sorted(
        {
            *_messages(before, now),
            *_enums(before, now),
            *_services(before, now),
            *_extensions(before, now),
            *_records(before, now),
        }
    )


def _gone(kind, file, name, before, now):
    outer = name.rpartition(".")[0]
    # With a message all goes that stands in it; that is told once.
    if outer not in before.messages or outer in now.messages:
        text = f"the {kind} is gone, or has another name or package; bring it back as it was"
        yield Problem(file, name, text)


def _messages(before, now):
    for name, (file, message) in before.messages.items():
        if name not in now.messages:
            yield from _gone("message", file, name, before, now)
            continue
        file, today = now.messages[name]
        yield from _fields(file, name, message, today)
        yield from _field_options(file, name, (before, message), (now, today))


def _field_options(file, name, before, now):
    """A schema and a message of it, then and now."""
    today = {field.number: field for field in now[1].field}
    for field in before[1].field:
        new = today.get(field.number)
        if new is None or new.name != field.name:
            continue  # Told by `_fields`.
        was, is_now = before[0].field_options(before[1], field), now[0].field_options(now[1], new)
        where = f"{name}.{field.name}"
        if was.personal and not is_now.personal:
            yield Problem(
                file, where, "it was marked personal and is not; peers keep it out of their logs by that"
            )
        if was.group != is_now.group:
            yield Problem(
                file,
                where,
                f"its group was '{was.group}' and is '{is_now.group}', but records hold it where it was, and"
                " show it to the readers of that group; make a new field",
            )
        if was.level != is_now.level:
            yield Problem(
                file, where, f"its level was {was.level} and is {is_now.level}; give it its level back"
            )


def _records(before, now):
    """What is added to messages that are stored, and what goes from them."""
    above, stored = before.highest_level(), now.stored()
    add = f"write (rcp.{{}}) = {above + 1}, so that it is written once no build is left that does not know it"
    for name in sorted(stored & before.stored()):
        if name in now.messages:
            (file, message), old = now.messages[name], before.messages[name][1]
            numbers = {field.number for field in old.field}
            for field in message.field:
                if field.number not in numbers and now.field_options(message, field).level <= above:
                    yield Problem(
                        file, f"{name}.{field.name}", f"records gain a field: {add.format('level')}"
                    )
            for number in sorted(numbers - {field.number for field in message.field}):
                if _is_reserved(message, number, "field"):
                    yield Problem(file, name, f"field {number} is gone, and records hold it; keep it")
        else:
            (file, enum), old = now.enums[name], before.enums[name][1]
            numbers = {value.number for value in old.value}
            for value in enum.value:
                if value.number not in numbers and now.value_level(value) <= above:
                    yield Problem(
                        file, f"{name}.{value.name}", f"records gain a value: {add.format('value_level')}"
                    )
            for number in sorted(numbers - {value.number for value in enum.value}):
                if _is_reserved(enum, number, "value"):
                    yield Problem(file, name, f"value {number} is gone, and records hold it; keep it")


def _fields(file, name, before, now):
    today = {field.number: field for field in now.field}
    numbers = {field.name: field.number for field in now.field}
    for field in before.field:
        where = f"{name}.{field.name}"
        if field.number not in today:
            moved = numbers.get(field.name)
            if moved is not None:
                yield Problem(
                    file, where, f"field {field.number} has the number {moved} now; give it its number back"
                )
            elif not _is_reserved(now, field.number, "field") or field.name not in now.reserved_name:
                yield Problem(
                    file,
                    where,
                    f"field {field.number} is gone; bring it back, or write"
                    f' `reserved {field.number};` and `reserved "{field.name}";`',
                )
            continue
        new = today[field.number]
        if new.name != field.name:
            yield Problem(
                file,
                where,
                f"field {field.number} is {new.name} now; give {new.name} a number that was never used"
                f" and keep {field.name}, or reserve its number and name",
            )
            continue
        for what, of in [
            ("type", _type),
            ("cardinality", _cardinality),
            ("presence", _presence),
            ("oneof", _oneof),
        ]:
            was, is_now = of(field, before), of(new, now)
            if was != is_now:
                yield Problem(
                    file,
                    where,
                    f"the {what} of field {field.number} was {was} and is {is_now};"
                    " a field with another meaning is a new field, with a number of its own",
                )
    yield from _reservations(file, name, before, now, today, "field")


def _oneof(field, message):
    if not field.HasField("oneof_index") or field.proto3_optional:
        return "none"
    return message.oneof_decl[field.oneof_index].name


def _type(field, _=None):
    return field.type_name.removeprefix(".") or Field.Type.Name(field.type).removeprefix("TYPE_").lower()


def _cardinality(field, _=None):
    return "repeated" if field.label == Field.LABEL_REPEATED else "single"


def _presence(field, _=None):
    return "told (optional)" if field.proto3_optional else "not told"


def _last(span, kind):
    # Protobuf states the ranges of fields without their end, and those of values with it.
    return span.end - 1 if kind == "field" else span.end


def _is_reserved(container, number, kind):
    return any(span.start <= number <= _last(span, kind) for span in container.reserved_range)


def _reservations(file, name, before, now, today, kind):
    """What was reserved stays so: otherwise it could be given out a second time."""
    for span in before.reserved_range:
        last = _last(span, kind)
        used = sorted(number for number in today if span.start <= number <= last)
        for number in used:
            text = f"the number {number} was used before and is reserved; take another"
            yield Problem(file, f"{name}.{today[number].name}", text)
        if not used and not any(
            one.start <= span.start and span.end <= one.end for one in now.reserved_range
        ):
            text = f"`reserved {span.start} to {last};` is gone; keep it, so that no {kind} gets the number"
            yield Problem(file, name, text)
    names = {new.name for new in today.values()}
    for word in before.reserved_name:
        if word in names:
            yield Problem(file, f"{name}.{word}", "the name was used before and is reserved; take another")
        elif word not in now.reserved_name:
            yield Problem(
                file, name, f'`reserved "{word}";` is gone; keep it, so that no {kind} gets the name'
            )


def _enums(before, now):
    for name, (file, enum) in before.enums.items():
        if name not in now.enums:
            yield from _gone("enum", file, name, before, now)
            continue
        file, today = now.enums[name]
        numbers = {value.name: value.number for value in today.value}
        names = {value.number: value.name for value in today.value}
        for value in enum.value:
            where = f"{name}.{value.name}"
            number = numbers.get(value.name)
            if number == value.number:
                continue
            if number is not None:
                text = f"value {value.number} has the number {number} now; give it its number back"
            elif value.number in names:
                text = (
                    f"value {value.number} is {names[value.number]} now; give {names[value.number]} a number"
                    f" that was never used and keep {value.name}, or reserve its number and name"
                )
            elif _is_reserved(today, value.number, "value") and value.name in today.reserved_name:
                continue
            else:
                text = (
                    f"value {value.number} is gone; bring it back, or write"
                    f' `reserved {value.number};` and `reserved "{value.name}";`'
                )
            yield Problem(file, where, text)
        by_number = {value.number: value for value in today.value}
        yield from _reservations(file, name, enum, today, by_number, "value")


def _services(before, now):
    owners = {}
    for name, (file, service) in before.services.items():
        for method in service.method:
            owners[before.options(method).id] = f"{name}/{method.name}"
        if name not in now.services:
            yield from _gone("service", file, name, before, now)
            continue
        file, today = now.services[name]
        methods = {method.name: method for method in today.method}
        for method in service.method:
            where = f"{name}/{method.name}"
            if method.name not in methods:
                yield Problem(
                    file,
                    where,
                    "the method is gone or has another name; keep it, if only to refuse its calls",
                )
                continue
            yield from _method(file, where, method, methods[method.name], before, now)
    owners.pop(0, None)
    for name, (file, service) in now.services.items():
        for method in service.method:
            where = f"{name}/{method.name}"
            number = now.options(method).id
            owner = owners.get(number, where)
            if owner != where:
                yield Problem(
                    file, where, f"method id {_hex(number)} was that of {owner}; take one that was never used"
                )


def _method(file, where, method, today, before, now):
    old, new = before.options(method), now.options(today)
    if old.id != new.id:
        yield Problem(
            file, where, f"the method id was {_hex(old.id)} and is {_hex(new.id)}; give it its id back"
        )
    if old.idempotency != new.idempotency:
        yield Problem(
            file,
            where,
            f"the idempotency was {old.idempotency} and is {new.idempotency}, by which clients decide"
            " whether they send a request id; make a new method",
        )
    if ANY_ROLE not in new.roles:
        shut_out = sorted(old.roles - new.roles)
        if shut_out:
            yield Problem(
                file,
                where,
                f"{', '.join(shut_out)} may not call it any more; give the role back, or make a new method",
            )
    for what, of in [
        ("request", lambda one: _streamed(one.client_streaming, one.input_type)),
        ("reply", lambda one: _streamed(one.server_streaming, one.output_type)),
    ]:
        if of(method) != of(today):
            yield Problem(
                file,
                where,
                f"the {what} was {of(method)} and is {of(today)}; make a new method, with an id of its own",
            )


def _streamed(is_stream, type_name):
    return ("stream " if is_stream else "") + type_name.removeprefix(".")


def _extensions(before, now):
    for name, (file, extension) in before.extensions.items():
        today = now.extensions.get(name, (file, None))[1]
        same = today is not None and all(
            of(extension) == of(today)
            for of in (lambda one: one.number, lambda one: one.extendee, _type, _cardinality)
        )
        if not same:
            yield Problem(
                file, name, f"the option {extension.number} is gone or changed; bring it back as it was"
            )


def _hex(number):
    return f"0x{number:04x}"


def compiled(folder, *include):
    """The .proto files below a folder with all that they import, each behind what it imports."""
    protos = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.proto"))
    with tempfile.TemporaryDirectory() as name:
        output = pathlib.Path(name) / "set"
        paths = [f"--proto_path={path}" for path in (folder, *include)]
        command = [sys.executable, "-m", "grpc_tools.protoc", *paths, "--include_imports"]
        subprocess.run([*command, f"--descriptor_set_out={output}", *protos], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="take today's files as the baseline")
    arguments = parser.parse_args()
    now = compiled(PROTOCOL)
    if arguments.write:
        BASELINE.write_bytes(now.SerializeToString(deterministic=True))
        return 0
    if not BASELINE.exists():
        print(f"{BASELINE.name} is missing; restore it from the last release", file=sys.stderr)
        return 1
    before = descriptor_pb2.FileDescriptorSet.FromString(BASELINE.read_bytes())
    problems = breaking_changes(Schema(before), Schema(now))
    for problem in problems:
        print(f"Protocol/{problem}", file=sys.stderr)
    if problems:
        print(f"{len(problems)} breaking changes since {BASELINE.name} was taken", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
