"""Compares each request that the library sends with what botocore serializes and signs for the same parameters.

A server on a free port of this host captures the requests; driver.c sends them. The script `check` sets all of this up.
"""

import argparse
import datetime
import decimal
import http.server
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import zlib

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.serialize
import botocore.session

import cases

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
REGION = "eu-central-1"
ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPf=="
REQUEST_ID = "4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG"
SECONDS_FOR_ALL = 120
KEPT = r"PATH|(LD|DYLD)_LIBRARY_PATH|\w+SAN_OPTIONS"  # of the environment: no setting of AWS, no proxy
ANSWERS = {
    "CreateTable": b'{"TableDescription":{}}',
    "UpdateTable": b'{"TableDescription":{}}',
    "DeleteTable": b'{"TableDescription":{}}',
    "DescribeTable": b'{"Table":{}}',
}


class Request:
    """One request as it came in."""

    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = headers  # [(name in lower case, value)]
        self.body = body

    def header(self, name):
        found = [value for each, value in self.headers if each == name]
        return found[0] if len(found) == 1 else None


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.captured = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self):
        headers = [(name.lower(), value) for name, value in self.headers.items()]
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.captured.append(Request(self.command, self.path, headers, body))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        text = ANSWERS.get(operation, b"{}")
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("x-amzn-RequestId", REQUEST_ID)
        self.send_header("x-amz-crc32", str(zlib.crc32(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET = do_PUT = answer

    def log_message(self, format, *arguments):
        pass


class Driver:
    """The process that makes the calls. It hangs up by itself when its input ends, and is killed when it takes long."""

    def __init__(self, program, port, home):
        self.process = subprocess.Popen(
            [program, f"http://127.0.0.1:{port}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={"HOME": home, **{name: os.environ[name] for name in os.environ if re.fullmatch(KEPT, name)}},
        )
        self.watchdog = threading.Timer(SECONDS_FOR_ALL, self.process.kill)
        self.watchdog.daemon = True
        self.watchdog.start()

    def call(self, index, with_token):
        """How the call ended: "OK" and the request ID, or a status and a message."""
        try:
            self.process.stdin.write(f"{index} {1 if with_token else 0}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        return self.process.stdout.readline().strip() or "the driver ended"

    def close(self):
        """Its exit code."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            return self.process.wait(timeout=SECONDS_FOR_ALL)
        finally:
            self.watchdog.cancel()
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


def build_driver(library, work, calls):
    program = os.path.join(work, "driver")
    with open(os.path.join(work, "calls.inc"), "w", encoding="utf-8") as file:
        constants = {"REGION": REGION, "ACCESS_KEY": ACCESS_KEY, "SECRET_KEY": SECRET_KEY}
        cases.write_calls(file, calls, {**constants, "SESSION_TOKEN": SESSION_TOKEN})

    def flags(name, default=""):
        return shlex.split(os.environ.get(name) or default)

    built = subprocess.run(
        flags("CC", "cc") + flags("CFLAGS", "-O1 -g") + flags("FLAGS") + ["-std=c11", f"-I{ROOT}", f"-I{work}"]
        + [os.path.join(HERE, "driver.c"), library, "-o", program]
        + flags("LIBS", "-lcurl -ljansson -lmbedcrypto -lm -pthread")
    )
    if built.returncode != 0:
        sys.exit("the driver can't be built")
    return program


# ---- Comparisons: each yields what is wrong --------------------------------------------------------------------------


def _members(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return members


def parse(text):
    return json.loads(text, object_pairs_hook=_members, parse_int=decimal.Decimal, parse_float=decimal.Decimal)


def differences(actual, expected, path="$"):
    """In JSON's sense: types and numbers by value, lists in order, objects in any order."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in expected.keys() - actual.keys():
            yield f"{path}.{name} is missing"
        for name in actual.keys() - expected.keys():
            yield f"{path}.{name} is more than botocore sends"
        for name in expected.keys() & actual.keys():
            yield from differences(actual[name], expected[name], f"{path}.{name}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(actual, expected)):
            yield from differences(one, other, f"{path}[{index}]")
    elif type(actual) is not type(expected) or actual != expected:
        yield f"{path} is {actual!r}, and {expected!r} in botocore"


def request_problems(request, serialized):
    if (request.method, request.path) != (serialized["method"], serialized["url_path"]):
        yield f"{request.method} {request.path}, and {serialized['method']} {serialized['url_path']} in botocore"
    for name, value in serialized["headers"].items():
        if request.header(name.lower()) != value:
            yield f"{name} is {request.header(name.lower())!r}, and {value!r} in botocore"
    if request.header("content-length") != str(len(request.body)):
        yield f"Content-Length is {request.header('content-length')!r}, of {len(request.body)} bytes"
    try:
        yield from differences(parse(request.body), parse(serialized["body"]))
    except ValueError as error:
        yield f"the body is no JSON: {error}"


def authorization_of(request, token):
    """What botocore's own signer makes of the request, over the headers that the request says are signed."""
    names = re.search(r"SignedHeaders=([^,\s]*)", request.header("authorization") or "")
    names = names.group(1).split(";") if names else []
    url = f"http://{request.header('host')}{request.path}"
    received = botocore.awsrequest.AWSRequest(method=request.method, url=url, data=request.body)
    received.context["timestamp"] = request.header("x-amz-date") or ""
    for name, value in request.headers:
        if name in names:
            received.headers[name] = value
    credentials = botocore.credentials.Credentials(ACCESS_KEY, SECRET_KEY, token)
    signer = botocore.auth.SigV4Auth(credentials, "dynamodb", REGION)
    to_sign = signer.string_to_sign(received, signer.canonical_request(received))
    signer._inject_signature_to_request(received, signer.signature(to_sign, received))
    return names, received.headers["Authorization"]


def signature_problems(request, token):
    names, expected = authorization_of(request, token)
    if request.header("authorization") != expected:
        yield f"Authorization is {request.header('authorization')!r}, and {expected!r} in botocore"
    needed = {"content-type", "host", "x-amz-date", "x-amz-target"} | ({"x-amz-security-token"} if token else set())
    if needed - set(names):
        yield f"not signed: {', '.join(sorted(needed - set(names)))}"
    if request.header("x-amz-security-token") != token:
        yield f"X-Amz-Security-Token is {request.header('x-amz-security-token')!r}, not {token!r}"
    date = request.header("x-amz-date")
    try:
        signed_at = datetime.datetime.strptime(date or "", "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs(datetime.datetime.now(datetime.timezone.utc) - signed_at) > datetime.timedelta(minutes=5):
            yield f"X-Amz-Date is {date}, more than five minutes off"
    except ValueError:
        yield f"X-Amz-Date is {date!r}"


def checker_problems(request, token):
    """Whether these comparisons notice anything: a request changed after it was signed must not pass."""
    changed = Request(request.method, request.path, request.headers, request.body + b" ")
    if not list(signature_problems(changed, token)):
        yield "a body changed after it was signed isn't noticed"
    headers = [(name, value + "x" if name == "x-amz-target" else value) for name, value in request.headers]
    changed = Request(request.method, request.path, headers, request.body)
    if not list(signature_problems(changed, token)):
        yield "a header changed after it was signed isn't noticed"


# ---- The run ---------------------------------------------------------------------------------------------------------


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def count(self, name, problems):
        problems = list(problems)
        if problems:
            self.failed += 1
            print(f"FAILED {name}")
            for problem in problems:
                print(f"    {problem}")
        else:
            self.passed += 1


class Model:
    """The operations of DynamoDB and DynamoDB Streams as botocore has them."""

    def __init__(self):
        session = botocore.session.get_session()
        self.operations = {}
        self.serializers = {}
        for service in ("dynamodb", "dynamodbstreams"):
            model = session.get_service_model(service)
            self.serializers[model] = botocore.serialize.create_serializer(model.metadata["protocol"])
            for name in model.operation_names:
                self.operations[name] = model.operation_model(name)

    def serialize(self, operation, parameters):
        return self.serializers[operation.service_model].serialize_to_request(parameters, operation)


def check_header(header, model, tally):
    """The operations that have a function, their members counted."""
    there = []
    for name, operation in sorted(model.operations.items()):
        if cases.snake_case(name) not in header.functions:
            continue
        if name not in cases.POSITIONAL:
            tally.count(f"{name}, its members", ["its positional arguments aren't in cases.py: POSITIONAL"])
            continue
        found, members, problems = cases.member_problems(header, operation)
        print(f"{name}: members {found}/{members}")
        tally.count(f"{name}, its members", problems)
        if not problems:
            there.append(operation)
    for name in sorted(cases.POSITIONAL.keys() - {operation.name for operation in there}):
        tally.count(f"{name}, its function", ["dynamo.h doesn't have it as it should be"])
    missing = [name for name in sorted(model.operations) if cases.snake_case(name) not in header.functions]
    if missing:
        print(f"Without a function in dynamo.h yet, sent through dynamo_call() alone: {', '.join(missing)}")
    return there


def check_call(driver, server, model, tally, index, case, with_token):
    del server.captured[:]
    token = SESSION_TOKEN if with_token else None
    name = f"{case.name}, {'with' if with_token else 'without'} a session token"
    result = driver.call(index, with_token)
    requests = list(server.captured)
    tally.count(f"{name}: the call", [] if result == f"OK {REQUEST_ID}" else [result])
    if len(requests) != 1:
        tally.count(f"{name}: the request", [f"{len(requests)} requests came"])
        return
    serialized = model.serialize(case.operation, case.parameters)
    tally.count(f"{name}: the request", request_problems(requests[0], serialized))
    tally.count(f"{name}: the signature", signature_problems(requests[0], token))
    if index == 0:
        tally.count(f"{name}: the comparison itself", checker_problems(requests[0], token))


def check_calls(program, server, model, tally, calls):
    with tempfile.TemporaryDirectory() as home:
        driver = Driver(program, server.server_address[1], home)
        try:
            for index, case in enumerate(calls):
                for with_token in (False, True):
                    if driver.process.poll() is not None:
                        tally.count(case.name, ["the driver has ended"])
                        continue
                    check_call(driver, server, model, tally, index, case, with_token)
        finally:
            code = driver.close()
        tally.count("the driver's end", [] if code == 0 else [f"exit code {code}"])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--library", required=True)
    arguments.add_argument("--work", required=True)
    arguments = arguments.parse_args()
    model, tally = Model(), Tally()
    header = cases.Header(os.path.join(ROOT, "dynamo.h"))
    calls = []
    for operation in check_header(header, model, tally):
        calls += cases.wrapper_cases(header, operation)
    calls += [cases.raw_case(operation, model.serialize) for _, operation in sorted(model.operations.items())]
    program = build_driver(arguments.library, arguments.work, calls)
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        check_calls(program, server, model, tally, calls)
    finally:
        server.shutdown()
        server.server_close()
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 0 if tally.failed == 0 and tally.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
