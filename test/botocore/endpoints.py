"""Where botocore's clients send their requests, for combinations of service, region and settings.

Without arguments it prints the rows of the table in test/unit_endpoints.c, to stand there in place of the former ones.
"""

import copy
import json
import os
import sys

import botocore.awsrequest
import botocore.config
import botocore.endpoint_provider
import botocore.exceptions
import botocore.session

ACCOUNT = "111122223333"
CALLS = {
    "dynamodb": "ListTables",
    "streams": "ListStreams",
    "sts": "GetCallerIdentity",
    "sso": "Logout",
    "sso-oidc": "CreateToken",
    "signin": "CreateOAuth2Token",
}
REQUESTS = {
    "Logout": {"accessToken": "t"},
    "CreateToken": {"clientId": "c", "clientSecret": "s", "grantType": "g"},
    "CreateOAuth2Token": {"tokenInput": {"clientId": "c", "grantType": "refresh_token"}},
}
NAMES = {"streams": "dynamodbstreams"}


class Captured(Exception):
    """Carries a request's URL out of botocore."""


def capture(request, **_):
    raise Captured(request.url)


class Case:
    """One combination. `request` is that of `operation`, which the service has."""

    def __init__(self, service, region, fips=False, dual_stack=False, mode=None, account=None, endpoint=None,
                 operation=None, request=None):
        self.service = service
        self.region = region
        self.fips = fips
        self.dual_stack = dual_stack
        self.mode = mode
        self.account = account
        self.endpoint = endpoint
        self.operation = operation or CALLS[service]
        self.request = request or REQUESTS.get(self.operation, {})

    def expected(self, session):
        """The URL that botocore sends to, or None where it refuses to."""
        if self.endpoint and (self.fips or self.dual_stack):
            return self.ruled(session)  # for the sake of what was once, a client doesn't ask the rules
        config = botocore.config.Config(
            use_fips_endpoint=self.fips,
            use_dualstack_endpoint=self.dual_stack,
            account_id_endpoint_mode=self.mode,
            retries={"total_max_attempts": 1},
            parameter_validation=False,
        )
        session.set_credentials("AKIDEXAMPLE", "secret", account_id=self.account)
        try:
            client = session.create_client(
                NAMES.get(self.service, self.service),
                region_name=self.region,
                endpoint_url=self.endpoint,
                config=config,
            )
            client.meta.events.register_first("before-send", capture)
            client._make_api_call(self.operation, copy.deepcopy(self.request))  # which is filled in
        except Captured as captured:
            url = str(captured)
            path = {"Logout": "logout", "CreateToken": "token", "CreateOAuth2Token": "v1/token"}.get(self.operation, "")
            return url[: -len(path)] if path and url.endswith(path) else url
        except botocore.exceptions.EndpointVariantError:
            return self.ruled(session)  # the older data that a client looks at first lacks some dual-stack hosts
        except botocore.exceptions.BotoCoreError:
            return None
        raise AssertionError("no request was made")

    def ruled(self, session):
        """What the service's rules say of region and variants."""
        loader = session.get_component("data_loader")
        rules = loader.load_service_model(NAMES.get(self.service, self.service), "endpoint-rule-set-1")
        provider = botocore.endpoint_provider.EndpointProvider(rules, loader.load_data("partitions"))
        given = {"Region": self.region, "UseFIPS": self.fips, "UseDualStack": self.dual_stack}
        if self.endpoint:
            given["Endpoint"] = self.endpoint
        try:
            return provider.resolve_endpoint(**given).url + "/"
        except botocore.exceptions.EndpointProviderError:
            return None


def arn(region="us-east-1", account=ACCOUNT, service="dynamodb", resource="table/t", partition="aws"):
    return f"arn:{partition}:{service}:{region}:{account}:{resource}"


def regions():
    """The default host of each kind of region, and all variants."""
    every = [
        "us-east-1", "eu-central-1", "ap-southeast-7", "mx-central-1", "il-central-1", "cn-north-1", "cn-northwest-1",
        "us-gov-east-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1",
        "eusc-de-east-1",
    ]
    unknown = [
        "us-moon-1", "cn-moon-1", "us-gov-moon-1", "us-iso-moon-1", "us-isob-moon-9", "eu-isoe-moon-1",
        "us-isof-moon-12", "eusc-de-moon-1", "eusc-fr-east-1", "mars-1", "moon", "cn-north", "us-gov-west-x",
        "us-iso-1", "xcn-north-1", "cn-north-1-1",
    ]
    for region in every + unknown:
        yield Case("dynamodb", region)
    for region in every[:1] + every[5:] + unknown[:4]:
        yield Case("dynamodb", region, fips=True)
        yield Case("dynamodb", region, dual_stack=True)
        yield Case("dynamodb", region, fips=True, dual_stack=True)
    for region in ("fips-us-east-1", "us-gov-west-1-fips", "cn-north-1-fips", "fips-us-iso-east-1"):
        yield Case("dynamodb", region)
        yield Case("streams", region)
        yield Case("dynamodb", region, dual_stack=True)


def services():
    for service in ("streams", "sts", "sso", "sso-oidc", "signin"):
        for region in ("us-east-1", "cn-north-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1", "us-isob-east-1",
                       "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1", "mars-1"):
            yield Case(service, region)
        for region in ("us-east-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1", "mars-1"):
            yield Case(service, region, fips=True)
            yield Case(service, region, dual_stack=True)
            yield Case(service, region, fips=True, dual_stack=True)
        yield Case(service, "us-east-1", endpoint="https://example.com/")
        yield Case(service, "us-east-1", fips=True, endpoint="https://example.com/")
        yield Case(service, "us-east-1", dual_stack=True, endpoint="https://example.com/")


def search():
    request = {"TableName": "t", "IndexName": "i"}
    for region in ("us-east-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1"):
        for fips, dual_stack in ((False, False), (True, False), (False, True), (True, True)):
            yield Case("dynamodb", region, fips, dual_stack, operation="SearchVectors", request=request)
            yield Case("dynamodb", region, fips, dual_stack, account=ACCOUNT, operation="SearchVectors",
                       request=request)
    yield Case("dynamodb", "us-east-1", operation="SearchVectors", request=dict(request, TableName=arn()))
    yield Case("dynamodb", "local", operation="SearchVectors", request=request)
    yield Case("dynamodb", "us-east-1", endpoint="https://example.com/", operation="SearchVectors", request=request)


def accounts():
    for region in ("us-east-1", "me-central-1", "us-moon-1", "mars-1", "cn-north-1", "cn-northwest-1", "cn-moon-1",
                   "us-gov-east-1", "us-gov-west-1", "us-gov-moon-1", "us-iso-east-1", "us-isob-east-1",
                   "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1"):
        yield Case("dynamodb", region, account=ACCOUNT)
        yield Case("dynamodb", region, account=ACCOUNT, mode="required")
    for region in ("us-east-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1"):
        for mode in ("preferred", "disabled", "required"):
            yield Case("dynamodb", region, mode=mode)
            yield Case("dynamodb", region, mode=mode, account=ACCOUNT, dual_stack=True)
            yield Case("dynamodb", region, mode=mode, account=ACCOUNT, fips=True)
            yield Case("dynamodb", region, mode=mode, account=ACCOUNT, fips=True, dual_stack=True)
            yield Case("dynamodb", region, mode=mode, dual_stack=True)
    yield Case("dynamodb", "us-east-1", mode="disabled", account=ACCOUNT)
    yield Case("dynamodb", "us-east-1", account="not an account")
    yield Case("dynamodb", "us-east-1", account="-1")
    yield Case("dynamodb", "us-east-1", mode="disabled", account="not an account")
    for mode in ("preferred", "required"):
        yield Case("dynamodb", "local", mode=mode)
        yield Case("dynamodb", "local", mode=mode, account=ACCOUNT)
        yield Case("dynamodb", "us-east-1", mode=mode, endpoint="http://example.com:8000/a/")
        yield Case("dynamodb", "us-east-1", mode=mode, account=ACCOUNT, endpoint="https://example.com/")
    for region in ("us-east-1", "me-central-1", "me-south-1", "cn-north-1", "cn-moon-1", "us-gov-west-1",
                   "us-gov-moon-1", "us-iso-east-1", "eusc-de-east-1"):
        yield Case("streams", region, account=ACCOUNT)
        yield Case("streams", region, account=ACCOUNT, mode="disabled")
    for region in ("us-east-1", "us-gov-west-1", "me-south-1"):
        for fips, dual_stack in ((True, False), (False, True), (True, True)):
            yield Case("streams", region, fips, dual_stack, account=ACCOUNT)
    yield Case("streams", "me-south-1", account=ACCOUNT, mode="required")
    yield Case("streams", "me-central-1", dual_stack=True, account=ACCOUNT, mode="required")


def given():
    """Where an endpoint is given, and the region local."""
    for url in ("https://dynamodb.us-east-1.api.aws/", "https://search-dynamodb.us-east-1.api.aws/",
                "https://dynamodb.us-east-1.amazonaws.com/", "https://dynamodb.eu-west-1.api.aws/",
                "http://[::1]:8000/", "http://localhost:8000/path/"):
        yield Case("dynamodb", "us-east-1", endpoint=url)
    yield Case("dynamodb", "cn-north-1", endpoint="https://dynamodb.cn-north-1.api.amazonwebservices.com.cn/")
    yield Case("streams", "us-east-1", endpoint="https://streams-dynamodb.us-east-1.api.aws/")
    yield Case("dynamodb", "us-east-1", fips=True, endpoint="https://example.com/")
    yield Case("dynamodb", "us-east-1", dual_stack=True, endpoint="https://example.com/")
    yield Case("dynamodb", "local")
    yield Case("dynamodb", "local", fips=True)
    yield Case("dynamodb", "local", dual_stack=True)


def arns():
    """What the account of a request is taken from."""
    key = {}
    other = "444455556666"
    table, plain = arn(), "t"
    requests = [
        ("GetItem", {"TableName": table, "Key": key}),
        ("GetItem", {"TableName": plain, "Key": key}),
        ("GetItem", {"TableName": arn(region="us-west-2"), "Key": key}),
        ("GetItem", {"TableName": arn(service="dax"), "Key": key}),
        ("GetItem", {"TableName": arn(account=""), "Key": key}),
        ("GetItem", {"TableName": arn(account="a.b"), "Key": key}),
        ("GetItem", {"TableName": arn(resource=""), "Key": key}),
        ("GetItem", {"TableName": arn(partition=""), "Key": key}),
        ("GetItem", {"TableName": arn(partition="aws-cn"), "Key": key}),
        ("GetItem", {"TableName": arn(resource="table/t:u/v"), "Key": key}),
        ("CreateGlobalTable", {"GlobalTableName": table, "ReplicationGroup": []}),
        ("RestoreTableFromBackup", {"TargetTableName": table, "BackupArn": arn(account=other)}),
        ("RestoreTableFromBackup", {"TargetTableName": plain, "BackupArn": arn(account=other)}),
        ("RestoreTableToPointInTime", {"TargetTableName": plain, "SourceTableArn": table}),
        ("DescribeBackup", {"BackupArn": arn(resource="table/t/backup/1")}),
        ("DescribeExport", {"ExportArn": arn(resource="table/t/export/1")}),
        ("DescribeImport", {"ImportArn": arn(resource="table/t/import/1")}),
        ("ListExports", {"TableArn": table}),
        ("TagResource", {"ResourceArn": table, "Tags": []}),
        ("CancelBulkOperation", {"BulkOperationArn": arn(resource="table/t/bulk/1")}),
        ("EnableKinesisStreamingDestination", {"TableName": plain, "StreamArn": table}),
        ("ImportTable", {"S3BucketSource": {"S3Bucket": "b"}, "InputFormat": "CSV",
                         "TableCreationParameters": {"TableName": table}}),
        ("BatchGetItem", {"RequestItems": {table: {"Keys": [key]}, arn(account=other): {"Keys": [key]}}}),
        ("BatchGetItem", {"RequestItems": {plain: {"Keys": [key]}, table: {"Keys": [key]}}}),
        ("BatchWriteItem", {"RequestItems": {table: []}}),
        ("BatchWriteItem", {"RequestItems": {}}),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": table}}, {"Get": {"TableName": plain}}]}),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": plain}}, {"Get": {"TableName": table}}]}),
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": table}}]}),
        ("TransactWriteItems", {"TransactItems": [{"Update": {"TableName": table}}, {"Put": {"TableName": plain}}]}),
        ("TransactWriteItems", {"TransactItems": [{"Delete": {"TableName": table}}]}),
        ("TransactWriteItems", {"TransactItems": [{"ConditionCheck": {"TableName": table}}]}),
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": plain}}, {"Put": {"TableName": table}}]}),
        ("TransactWriteItems", {"TransactItems": []}),
        ("ExecuteStatement", {"Statement": "SELECT * FROM t"}),
    ]
    for operation, request in requests:
        yield Case("dynamodb", "us-east-1", operation=operation, request=request)
    for operation, request in requests[:3]:
        yield Case("dynamodb", "us-east-1", account=other, operation=operation, request=request)
        yield Case("dynamodb", "us-east-1", mode="required", operation=operation, request=request)
        yield Case("dynamodb", "us-east-1", mode="disabled", operation=operation, request=request)
    yield Case("dynamodb", "us-east-1", fips=True, operation="GetItem", request=requests[0][1])
    yield Case("dynamodb", "us-east-1", dual_stack=True, operation="GetItem", request=requests[0][1])
    yield Case("dynamodb", "us-iso-east-1", operation="GetItem",
               request={"TableName": arn(region="us-iso-east-1"), "Key": key})
    stream = arn(resource="table/t/stream/2026-01-01T00:00:00.000")
    for operation, request in (
        ("DescribeStream", {"StreamArn": stream}),
        ("GetShardIterator", {"StreamArn": stream, "ShardId": "s", "ShardIteratorType": "LATEST"}),
        ("GetRecords", {"ShardIterator": stream + "|1|AAAA"}),
        ("GetRecords", {"ShardIterator": "AAAA"}),
        ("ListStreams", {"TableName": table}),
    ):
        yield Case("streams", "us-east-1", operation=operation, request=request)
        yield Case("streams", "us-east-1", account=other, operation=operation, request=request)
        yield Case("streams", "us-east-1", mode="required", operation=operation, request=request)


def cases():
    for some in (regions, services, search, accounts, given, arns):
        for case in some():
            # This library's own choice: a server on this machine has Streams too, and FIPS is refused beside it.
            if not (case.service == "streams" and case.region == "local"):
                yield case


def new_session():
    """A session that no file and no variable of the environment has a say in."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null"
    return botocore.session.Session()


def literal(text):
    return "NULL" if text is None else json.dumps(text)


def field(name, value):
    return "" if value is None or value is False else f".{name} = {'true' if value is True else literal(value)}, "


def row(case, url):
    plain = case.operation == CALLS[case.service]
    request = None if plain and not case.request or case.operation in REQUESTS else json.dumps(case.request)
    if request is not None:
        request = request.replace('"', "'")
    text = (
        field("service", case.service) + field("region", case.region) + field("fips", case.fips)
        + field("dual_stack", case.dual_stack) + field("mode", case.mode) + field("account", case.account)
        + field("endpoint", case.endpoint) + field("operation", case.operation if request else None)
        + field("request", request) + field("url", url)
    )
    return wrap("{ " + text[:-2] + " },")


def wrap(text, width=116):
    """In lines of no more than 120 columns; what a literal is cut into, C joins again."""
    lines, line = [], "    "
    for part in text.split(", ."):
        part = part if line == "    " and not lines else "." + part
        while len(line) + len(part) + 2 > width:
            room = width - len(line) - 4
            cut = part.rfind(" ", 0, room) + 1 if part.count('"') and room > 40 else 0
            if len(part) <= width - 8 or cut < 30:
                lines.append(line.rstrip())
                line = "      "
                if len(line) + len(part) + 2 <= width:
                    break
                cut = part.rfind(" ", 0, width - 12) + 1
            lines.append(line + part[:cut] + '"')
            line, part = "      ", '"' + part[cut:]
        line += part + ", "
    lines.append(line[:-2])
    return "\n".join(lines)


def rows():
    session = new_session()
    return [row(case, case.expected(session)) for case in cases()]


def problems(path):
    """What botocore says that doesn't stand in the table of the C file."""
    with open(path, encoding="utf-8") as file:
        table = file.read()
    return [f"{os.path.basename(path)} lacks {one.strip()}" for one in rows() if one not in table]


def main():
    print("\n".join(rows()))


if __name__ == "__main__":
    sys.exit(main())
