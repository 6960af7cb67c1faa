#!/usr/bin/env python3
"""A protoc plugin: typed stubs for the services of RCP/1, and a module per proto package that names all.

For each .proto with services it writes FILE_rcp.py beside FILE_pb2.py; for each proto package PACKAGE.vN a
module returns_client/PACKAGE_vN.py. What it needs of a method beyond the name are the options of
rcp/options.proto.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor import FileDescriptor

GENERATED = "returns_client._generated"
HEADER = '''"""{summary}

Written by tools/protoc_gen_rcp_python.py from {source}: do not edit.
"""

from __future__ import annotations

'''

CALLS = {
    "UNARY": "UnaryCall",
    "SERVER_STREAMING": "ServerStreamingCall",
    "CLIENT_STREAMING": "ClientStreamingCall",
    "BIDIRECTIONAL_STREAMING": "BidirectionalCall",
}


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class Options:
    """Reads the extensions of rcp/options.proto, which this process has not compiled in."""

    def __init__(self, pool: descriptor_pool.DescriptorPool) -> None:
        self._method_options = message_factory.GetMessageClass(
            pool.FindMessageTypeByName("google.protobuf.MethodOptions")
        )
        self._method_id: Any = pool.FindExtensionByName("rcp.method_id")
        self._idempotency: Any = pool.FindExtensionByName("rcp.idempotency")

    def of(self, full_name: str, serialized: bytes) -> tuple[int, str]:
        """The method's id and idempotency class; fails where the author has not decided."""
        options: Any = self._method_options.FromString(serialized)
        method_id = options.Extensions[self._method_id]
        number = options.Extensions[self._idempotency]
        name = self._idempotency.enum_type.values_by_number[number].name
        if not 1 <= method_id <= 65535:
            raise SystemExit(f"{full_name}: method_id is {method_id}, but has to be 1 to 65535")
        if name not in ("READ_ONLY", "MUTATION"):
            raise SystemExit(f"{full_name}: idempotency is not stated")
        return method_id, name


def docstring(comment: str) -> str:
    """The comment of a method as the docstring of a stub's method."""
    lines = textwrap.wrap(comment, 100)
    if len(lines) == 1:
        return f'        """{lines[0]}"""\n'
    return '        """' + "\n        ".join(lines) + '\n        """\n'


def module_of(file: FileDescriptor) -> str:
    return f"{GENERATED}.{file.name.removesuffix('.proto').replace('/', '.')}_pb2"


def alias_of(file: FileDescriptor) -> str:
    return file.name.rsplit("/", 1)[1].removesuffix(".proto") + "_pb2"


def comments_of(file_proto: Any) -> dict[tuple[int, ...], str]:
    return {
        tuple(location.path): " ".join(location.leading_comments.split())
        for location in file_proto.source_code_info.location
        if location.leading_comments.strip()
    }


class ServiceFile:
    """The stubs of one .proto file."""

    def __init__(self, file: FileDescriptor, file_proto: Any, options: Options, ids: dict[int, str]) -> None:
        self.file = file
        self.comments = comments_of(file_proto)
        self.options = options
        self.ids = ids

    def text(self) -> str:
        # Class bodies first: they say which modules of messages are needed.
        self._imports: set[tuple[str, str]] = set()
        services = list(self.file.services_by_name.values())
        bodies = [part for index, service in enumerate(services) for part in self._service(index, service)]
        lines = HEADER.format(summary=f"Stubs of the services in {self.file.name}.", source=self.file.name)
        if any("AsyncIterable[" in body for body in bodies):
            lines += "from collections.abc import AsyncIterable, Iterable\n\n"
        for module, alias in sorted(self._imports):
            package, _, name = module.rpartition(".")
            lines += f"from {package} import {name}\n" if name == alias else f"import {module} as {alias}\n"
        calls = sorted({"Caller"} | {name for name in CALLS.values() if any(name in body for body in bodies)})
        lines += f"from returns_client.calls import {', '.join(calls)}\n"
        lines += "from returns_client.methods import Idempotency, Kind, Method\n"
        lines += "from returns_client.options import CallOptions\n"
        return lines + "\n\n" + "\n\n".join(bodies)

    def _type(self, message: Any) -> str:
        alias = alias_of(message.file)
        self._imports.add((module_of(message.file), alias))
        return f"{alias}.{message.name}"

    def _service(self, index: int, service: Any) -> Iterator[str]:
        doc = self.comments.get((6, index), f"The methods of {service.full_name}.")
        methods = f"class {service.name}Methods:\n"
        methods += f'    """What {service.full_name} offers, for servers and interceptors."""\n\n'
        stub = f'class {service.name}Stub:\n    """{doc}"""\n\n'
        stub += "    def __init__(self, caller: Caller) -> None:\n        self._caller = caller\n"
        for position, method in enumerate(service.methods):
            request, reply = self._type(method.input_type), self._type(method.output_type)
            kind = self._kind(method)
            serialized = method.GetOptions().SerializeToString()
            method_id, idempotency = self.options.of(method.full_name, serialized)
            if method_id in self.ids:
                raise SystemExit(f"{method.full_name} has the id of {self.ids[method_id]}")
            self.ids[method_id] = method.full_name
            name = f"{service.name}Methods.{snake(method.name).upper()}"
            methods += (
                f"    {snake(method.name).upper()} = Method(\n"
                f'        "{method.full_name}",\n        {method_id:#06x},\n        Kind.{kind},\n'
                f"        Idempotency.{idempotency},\n        {request},\n        {reply},\n    )\n"
            )
            comment = self.comments.get((6, index, 2, position), method.name)
            stub += "\n" + self._call(method, kind, name, request, reply, comment)
        yield methods
        yield stub

    @staticmethod
    def _kind(method: Any) -> str:
        if method.client_streaming:
            return "BIDIRECTIONAL_STREAMING" if method.server_streaming else "CLIENT_STREAMING"
        return "SERVER_STREAMING" if method.server_streaming else "UNARY"

    @staticmethod
    def _call(method: Any, kind: str, name: str, request: str, reply: str, comment: str) -> str:
        verb = "bidirectional" if kind == "BIDIRECTIONAL_STREAMING" else kind.lower()
        result = f"{CALLS[kind]}[{request}, {reply}]"
        streams = kind in ("CLIENT_STREAMING", "BIDIRECTIONAL_STREAMING")
        source = f"AsyncIterable[{request}] | Iterable[{request}] | None"
        parameter, argument = (
            (f"requests: {source} = None", "requests") if streams else (f"request: {request}", "request")
        )
        return (
            f"    def {snake(method.name)}(\n        self, {parameter}, options: CallOptions | None = None\n"
            f"    ) -> {result}:\n{docstring(comment)}"
            f"        return self._caller.{verb}({name}, {argument}, options)\n"
        )


def facade(package: str, files: list[FileDescriptor]) -> str:
    """A module that names the messages, enumerations, stubs and methods of one proto package."""
    lines = HEADER.format(summary=f"Everything in the proto package {package}.", source=f"package {package}")
    exported: list[str] = []
    for file in sorted(files, key=lambda file: file.name):
        names = [*file.message_types_by_name, *file.enum_types_by_name]
        names += [value for enum in file.enum_types_by_name.values() for value in enum.values_by_name]
        groups = [(module_of(file), names)]
        if file.services_by_name:
            stubs = [name + suffix for name in file.services_by_name for suffix in ("Methods", "Stub")]
            groups.append((module_of(file).removesuffix("_pb2") + "_rcp", stubs))
        for module, group in groups:
            if group:
                exported += group
                lines += (
                    f"from {module} import (\n" + "".join(f"    {name},\n" for name in sorted(group)) + ")\n"
                )
    return lines + "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in sorted(exported)) + "]\n"


def main() -> None:
    request = plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    response = plugin_pb2.CodeGeneratorResponse()
    response.supported_features = plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    pool = descriptor_pool.DescriptorPool()
    for file_proto in request.proto_file:
        pool.AddSerializedFile(file_proto.SerializeToString())
    options = Options(pool)
    protos = {file_proto.name: file_proto for file_proto in request.proto_file}
    ids: dict[int, str] = {}
    packages: dict[str, list[FileDescriptor]] = {}
    for name in request.file_to_generate:
        file = pool.FindFileByName(name)
        if file.services_by_name:
            written = response.file.add()
            written.name = f"_generated/{name.removesuffix('.proto')}_rcp.py"
            written.content = ServiceFile(file, protos[name], options, ids).text()
        if "." in file.package:
            packages.setdefault(file.package, []).append(file)
    for package, files in packages.items():
        written = response.file.add()
        written.name = f"{package.replace('.', '_')}.py"
        written.content = facade(package, files)
    sys.stdout.buffer.write(response.SerializeToString())


if __name__ == "__main__":
    main()
