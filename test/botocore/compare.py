"""Compares each request that the library sends with what botocore serializes and signs for the same parameters, and
each response with what the service's answer says.

A server on a free port of this host captures the requests and answers each operation with every member of its output;
driver.c sends them. What moto serves and DynamoDB Local doesn't is then done for real: by_moto.py. The last table says
of each operation what proved it. The script `check` sets all of this up.
"""

import argparse
import datetime
import decimal
import glob
import http.server
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import zlib

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.serialize
import botocore.session

import by_moto
import cases
import endpoints
import values

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
REGION = "eu-central-1"
ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPf=="
REQUEST_ID = "4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG"
SECONDS_FOR_ALL = 120
KEPT = r"PATH|(LD|DYLD)_LIBRARY_PATH|\w+SAN_OPTIONS"  # of the environment: no setting of AWS, no proxy
UNWRAPPED = {
    "CreateTable": "TableDescription",
    "UpdateTable": "TableDescription",
    "DeleteTable": "TableDescription",
    "DescribeTable": "Table",
}
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


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

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), Handler)
        self.captured = []
        self.answers = answers  # operation: text
        self.tunnels = []  # "host:port" that a client wanted to reach

    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self):
        headers = [(name.lower(), value) for name, value in self.headers.items()]
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.captured.append(Request(self.command, self.path, headers, body))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        text = self.server.answers.get(operation, b"{}")
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("x-amzn-RequestId", REQUEST_ID)
        self.send_header("x-amz-crc32", str(zlib.crc32(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET = do_PUT = answer

    def do_CONNECT(self):
        """As a proxy: where to is all that is wanted."""
        self.server.tunnels.append(self.path)
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.close_connection = True

    def log_message(self, format, *arguments):
        pass


class Driver:
    """The process that makes the calls. It hangs up by itself when its input ends, and is killed when it takes long."""

    def __init__(self, program, url, home):
        self.process = subprocess.Popen(
            [program, url, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={"HOME": home, **{name: os.environ[name] for name in os.environ if re.fullmatch(KEPT, name)}},
        )
        self.watchdog = threading.Timer(SECONDS_FOR_ALL, self.process.kill)
        self.watchdog.daemon = True
        self.watchdog.start()

    def call(self, index, client):
        """How the call ended: "OK", the request ID and the response, or a status and a message."""
        try:
            self.process.stdin.write(f"{index} {client}\n")
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


def build(source, library, work):
    """A program of one file of this folder."""
    program = os.path.join(work, os.path.splitext(source)[0])

    def flags(name, default=""):
        return shlex.split(os.environ.get(name) or default)

    built = subprocess.run(
        flags("CC", "cc") + flags("CFLAGS", "-O1 -g") + flags("FLAGS") + ["-std=c11", f"-I{ROOT}", f"-I{work}"]
        + [os.path.join(HERE, source), library, "-o", program]
        + flags("LIBS", "-lcurl -ljansson -lmbedcrypto -lm -pthread")
    )
    if built.returncode != 0:
        sys.exit(f"{source} can't be built")
    return program


def build_driver(library, work, calls):
    with open(os.path.join(work, "calls.inc"), "w", encoding="utf-8") as file:
        constants = {"REGION": REGION, "ACCESS_KEY": ACCESS_KEY, "SECRET_KEY": SECRET_KEY}
        cases.write_calls(file, calls, {**constants, "SESSION_TOKEN": SESSION_TOKEN})
    return build("driver.c", library, work)


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


def take_token(body, name):
    """The token that the library made up, out of the body that botocore's is compared with."""
    if not re.fullmatch(UUID, body.pop(name, "")):
        yield f"{name} is no random UUID"


def request_problems(request, serialized, token=None):
    if (request.method, request.path) != (serialized["method"], serialized["url_path"]):
        yield f"{request.method} {request.path}, and {serialized['method']} {serialized['url_path']} in botocore"
    for name, value in serialized["headers"].items():
        if request.header(name.lower()) != value:
            yield f"{name} is {request.header(name.lower())!r}, and {value!r} in botocore"
    if request.header("content-length") != str(len(request.body)):
        yield f"Content-Length is {request.header('content-length')!r}, of {len(request.body)} bytes"
    try:
        body = parse(request.body)
        if token is not None:
            yield from take_token(body, token)
        yield from differences(body, parse(serialized["body"]))
    except ValueError as error:
        yield f"the body is no JSON: {error}"


def result_problems(case, result):
    """The response against the answer that the server gave."""
    start = f"OK {REQUEST_ID} "
    if not result.startswith(start):
        yield result
        return
    expected = values.answer(case.operation) or {}
    if not case.raw:
        if expected:
            expected = values.read_back(expected, case.operation.output_shape)
        if case.operation.name in UNWRAPPED:
            expected = expected[UNWRAPPED[case.operation.name]]
    yield from differences(json.loads(result[len(start):]), json.loads(json.dumps(expected)), "response")


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
        self.clients = {}
        for service in ("dynamodb", "dynamodbstreams"):
            model = session.get_service_model(service)
            self.serializers[service] = botocore.serialize.create_serializer(model.metadata["protocol"])
            self.clients[service] = session.create_client(
                service, region_name=REGION, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY
            )
            for name in model.operation_names:
                self.operations[name] = model.operation_model(name)

    def serialize(self, operation, parameters):
        service = operation.service_model.service_name
        if operation.input_shape is None:
            parameters = {}
        return self.serializers[service].serialize_to_request(parameters, operation)

    def host(self, operation, parameters):
        """Where botocore would send it: "host:port"."""
        client = self.clients[operation.service_model.service_name]
        url = urllib.parse.urlsplit(client._resolve_endpoint_ruleset(operation, parameters, {})[0])
        return f"{url.hostname}:{url.port or 443}"

    def answers(self):
        texts = {name: values.answer(operation) for name, operation in self.operations.items()}
        return {name: b"" if text is None else json.dumps(text).encode() for name, text in texts.items()}


def check_header(header, model, tally):
    """The operations whose function is as it should be."""
    there = []
    for name, operation in sorted(model.operations.items()):
        if cases.snake_case(name) not in header.functions:
            tally.count(f"{name}, its function", ["dynamo.h doesn't have it"])
        elif name not in cases.POSITIONAL:
            tally.count(f"{name}, its members", ["its positional arguments aren't in cases.py: POSITIONAL"])
        else:
            problems = cases.member_problems(header, operation)
            tally.count(f"{name}, its members", problems)
            there += [] if problems else [operation]
    for name in sorted(cases.POSITIONAL.keys() - model.operations.keys()):
        tally.count(f"{name}, its function", ["botocore doesn't have it"])
    return there


class Sent:
    """What of the API has gone over the wire and was found equal."""

    def __init__(self):
        self.members = {}  # operation: names
        self.nested = set()  # (shape, member)
        self.failed = set()

    def count(self, case, equal):
        name = case.operation.name
        self.members.setdefault(name, set())
        if not equal:
            self.failed.add(name)
        elif not case.raw:
            self.members[name] |= set(case.parameters)
            self.nested |= case.nested


def check_call(driver, server, model, tally, sent, index, case, with_token):
    del server.captured[:]
    token = SESSION_TOKEN if with_token else None
    name = f"{case.name}, {'with' if with_token else 'without'} a session token"
    failed = tally.failed
    result = driver.call(index, 1 if with_token else 0)
    requests = list(server.captured)
    tally.count(f"{name}: the response", result_problems(case, result))
    if len(requests) != 1:
        tally.count(f"{name}: the request", [f"{len(requests)} requests came"])
        sent.count(case, False)
        return
    serialized = model.serialize(case.operation, case.parameters)
    tally.count(f"{name}: the request", request_problems(requests[0], serialized, case.generated()))
    tally.count(f"{name}: the signature", signature_problems(requests[0], token))
    if index == 0:
        tally.count(f"{name}: the comparison itself", checker_problems(requests[0], token))
    sent.count(case, tally.failed == failed)


def check_host(driver, server, model, tally, index, case):
    """Without an endpoint of its own, through a proxy that is told where to."""
    del server.tunnels[:]
    driver.call(index, 2)
    expected = model.host(case.operation, case.parameters)
    problems = [] if server.tunnels == [expected] else [f"it goes to {server.tunnels}, and to {expected} in botocore"]
    tally.count(f"{case.operation.name}: the host", problems)


def check_calls(program, server, model, tally, sent, calls):
    seen = set()
    with tempfile.TemporaryDirectory() as home:
        driver = Driver(program, server.url(), home)
        try:
            for index, case in enumerate(calls):
                if driver.process.poll() is not None:
                    tally.count(case.name, ["the driver has ended"])
                    continue
                for with_token in (False, True):
                    check_call(driver, server, model, tally, sent, index, case, with_token)
                if case.operation.name not in seen:
                    check_host(driver, server, model, tally, index, case)
                    seen.add(case.operation.name)
        finally:
            code = driver.close()
        tally.count("the driver's end", [] if code == 0 else [f"exit code {code}"])


def check_members(model, tally, sent):
    """Each member of the API, nested ones too, has been sent."""
    members = {(name, each) for name, one in model.operations.items()
               for each in (one.input_shape.members if one.input_shape else {})}
    found = {(name, each) for name in sent.members for each in sent.members[name]}
    nested = cases.all_nested_members(model.operations.values())
    missing = [f"{name}.{each}" for name, each in sorted((members - found) | (nested - sent.nested))]
    tally.count("the members", [f"not sent: {', '.join(missing)}"] if missing else [])
    print(f"members {len(members & found)}/{len(members)}")
    print(f"members of nested structures {len(nested & sent.nested)}/{len(nested)}")


# ---- What proved which operation -------------------------------------------------------------------------------------


def called_live():
    """The functions that the live tests call: {function: the test's file}"""
    found = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "test", "live*.c"))):
        with open(path, encoding="utf-8") as file:
            for function in re.findall(r"\bdynamo_(\w+)\(\s*live_client\b", file.read()):
                found.setdefault(function, os.path.basename(path))
    return found


def print_proofs(model, sent, by_server, tally):
    """One line an operation. Whatever the server, request and answer have their shape, or nothing is proven."""
    live, proven = called_live(), 0
    for name, operation in sorted(model.operations.items()):
        function = cases.snake_case(name)
        members = operation.input_shape.members if operation.input_shape else {}
        shape = name in sent.members and name not in sent.failed
        if function in live:
            server = f"dynamodb-local ({live[function]})"
        elif by_server.get(name) is True:
            server = "moto"
        else:
            server = "shape" if name not in by_server else "moto FAILED"
        if not shape:
            server = "NOT PROVEN"
        proven += 1 if shape and not server.endswith("FAILED") else 0
        print(f"{name:36} members {len(sent.members.get(name, ())):2}/{len(members):<2}  {server}")
    tally.count("the operations", [] if proven == len(model.operations) else [f"{proven} are proven"])
    print(f"{proven} of {len(model.operations)}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--library", required=True)
    arguments.add_argument("--work", required=True)
    arguments = arguments.parse_args()
    model, tally, sent = Model(), Tally(), Sent()
    header = cases.Header(os.path.join(ROOT, "dynamo.h"))
    calls = []
    for operation in check_header(header, model, tally):
        calls += cases.wrapper_cases(header, operation)
    calls += [cases.raw_case(operation, model.serialize) for _, operation in sorted(model.operations.items())]
    program = build_driver(arguments.library, arguments.work, calls)
    server = Server(model.answers())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        check_calls(program, server, model, tally, sent, calls)
    finally:
        server.shutdown()
        server.server_close()
    by_server = {}
    for name, problems in by_moto.run(build, arguments.library, arguments.work):
        tally.count(f"{name}, by moto", problems)
        by_server[name] = by_server.get(name, True) and not problems
    for name, problems in by_moto.run_roles(build, arguments.library, arguments.work):
        tally.count(f"DynamoDB with the keys of {name}, by moto", problems)
        if not problems:
            print(f"{name}: DynamoDB served its keys, by moto")
    check_members(model, tally, sent)
    tally.count("the endpoints", endpoints.problems(os.path.join(ROOT, "test", "unit_endpoints.c")))
    print_proofs(model, sent, by_server, tally)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 0 if tally.failed == 0 and tally.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
