"""The calls that are made: from botocore's model and from dynamo.h, so that no operation and no member is forgotten."""

import json
import re

from values import Values

# The positional arguments of each function, in order. The order is the library's; all else comes from the model.
POSITIONAL = {
    "BatchExecuteStatement": ["Statements"],
    "BatchGetItem": ["RequestItems"],
    "BatchWriteItem": ["RequestItems"],
    "CancelBulkOperation": ["BulkOperationArn"],
    "CreateBackup": ["TableName", "BackupName"],
    "CreateGlobalTable": ["GlobalTableName", "ReplicationGroup"],
    "CreateTable": ["TableName", "AttributeDefinitions", "KeySchema"],
    "DeleteBackup": ["BackupArn"],
    "DeleteItem": ["TableName", "Key"],
    "DeleteResourcePolicy": ["ResourceArn"],
    "DeleteTable": ["TableName"],
    "DescribeBackup": ["BackupArn"],
    "DescribeBulkOperation": ["BulkOperationArn"],
    "DescribeContinuousBackups": ["TableName"],
    "DescribeContributorInsights": ["TableName"],
    "DescribeEndpoints": [],
    "DescribeExport": ["ExportArn"],
    "DescribeGlobalTable": ["GlobalTableName"],
    "DescribeGlobalTableSettings": ["GlobalTableName"],
    "DescribeImport": ["ImportArn"],
    "DescribeKinesisStreamingDestination": ["TableName"],
    "DescribeLimits": [],
    "DescribeStream": ["StreamArn"],
    "DescribeTable": ["TableName"],
    "DescribeTableReplicaAutoScaling": ["TableName"],
    "DescribeTimeToLive": ["TableName"],
    "DisableKinesisStreamingDestination": ["TableName", "StreamArn"],
    "EnableKinesisStreamingDestination": ["TableName", "StreamArn"],
    "ExecuteStatement": ["Statement"],
    "ExecuteTransaction": ["TransactStatements"],
    "ExportTableToPointInTime": ["TableArn", "S3Bucket"],
    "GetItem": ["TableName", "Key"],
    "GetRecords": ["ShardIterator"],
    "GetResourcePolicy": ["ResourceArn"],
    "GetShardIterator": ["StreamArn", "ShardId", "ShardIteratorType"],
    "ImportTable": ["S3BucketSource", "InputFormat", "TableCreationParameters"],
    "ListBackups": [],
    "ListBulkOperations": [],
    "ListContributorInsights": [],
    "ListExports": [],
    "ListGlobalTables": [],
    "ListImports": [],
    "ListStreams": [],
    "ListTables": [],
    "ListTagsOfResource": ["ResourceArn"],
    "PutItem": ["TableName", "Item"],
    "PutResourcePolicy": ["ResourceArn", "Policy"],
    "Query": ["TableName"],
    "RestoreTableFromBackup": ["TargetTableName", "BackupArn"],
    "RestoreTableToPointInTime": ["TargetTableName"],
    "Scan": ["TableName"],
    "SearchVectors": ["TableName", "IndexName", "SearchVector", "TopK"],
    "StartBulkPutItems": ["InputS3Configuration", "OutputS3Configuration", "TableName"],
    "TagResource": ["ResourceArn", "Tags"],
    "TransactGetItems": ["TransactItems"],
    "TransactWriteItems": ["TransactItems"],
    "UntagResource": ["ResourceArn", "TagKeys"],
    "UpdateContinuousBackups": ["TableName", "PointInTimeRecoverySpecification"],
    "UpdateContributorInsights": ["TableName", "ContributorInsightsAction"],
    "UpdateGlobalTable": ["GlobalTableName", "ReplicaUpdates"],
    "UpdateGlobalTableSettings": ["GlobalTableName"],
    "UpdateItem": ["TableName", "Key"],
    "UpdateKinesisStreamingDestination": ["TableName", "StreamArn"],
    "UpdateTable": ["TableName"],
    "UpdateTableReplicaAutoScaling": ["TableName"],
    "UpdateTimeToLive": ["TableName", "TimeToLiveSpecification"],
}

# What the service doesn't take together. A request with every member is made twice: without the ones, then without the
# others.
LEGACY = {
    "AttributesToGet", "AttributeUpdates", "ConditionalOperator", "Expected", "KeyConditions", "QueryFilter",
    "ScanFilter",
}
EXPRESSIONS = {
    "ConditionExpression", "FilterExpression", "KeyConditionExpression", "ProjectionExpression", "UpdateExpression",
}

C_TYPES = {
    "string": "const char *",
    "integer": "int64_t",
    "long": "int64_t",
    "boolean": "dynamo_bool",
    "timestamp": "double",
    "list": "json_t *",
    "map": "json_t *",
    "structure": "json_t *",
}

_ONE = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
_SCHEMA = [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}]
_DEFINITIONS = [
    {"AttributeName": "id", "AttributeType": "S"},
    {"AttributeName": "at", "AttributeType": "N"},
]
_INDEX = {"IndexName": "by-time", "KeySchema": _SCHEMA, "Projection": {"ProjectionType": "ALL"}}
_TABLE = {"TableName": "Music", "AttributeDefinitions": _DEFINITIONS, "KeySchema": _SCHEMA}

# What the library spells shorter than the API, and what it fills in: (operation, name, positional arguments, fields,
# the API's request). A Python True or False is a C bool or dynamo_bool, whichever the field is.
SHORTHANDS = [
    ("CreateTable", "nothing given", ["Music", _DEFINITIONS, _SCHEMA], {}, {**_TABLE, "ProvisionedThroughput": _ONE}),
    ("CreateTable", "short definitions and schema", ["Music", {"id": "S", "at": "N"}, {"id": "HASH", "at": "RANGE"}],
     {"billing_mode": "PAY_PER_REQUEST"}, {**_TABLE, "BillingMode": "PAY_PER_REQUEST"}),
    ("CreateTable", "lists of short pairs", ["Music", [{"id": "S"}, {"at": "N"}], [{"id": "HASH"}, {"at": "RANGE"}]],
     {"billing_mode": "PAY_PER_REQUEST"}, {**_TABLE, "BillingMode": "PAY_PER_REQUEST"}),
    ("CreateTable", "capacity", ["Music", _DEFINITIONS, _SCHEMA],
     {"read_capacity_units": 5, "write_capacity_units": 7},
     {**_TABLE, "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 7}}),
    ("CreateTable", "half of the capacity", ["Music", _DEFINITIONS, _SCHEMA], {"write_capacity_units": 7},
     {**_TABLE, "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 7}}),
    ("CreateTable", "capacity of an index", ["Music", _DEFINITIONS, _SCHEMA], {"global_secondary_indexes": [_INDEX]},
     {**_TABLE, "ProvisionedThroughput": _ONE,
      "GlobalSecondaryIndexes": [{**_INDEX, "ProvisionedThroughput": _ONE}]}),
    ("CreateTable", "capacity on demand", ["Music", _DEFINITIONS, _SCHEMA],
     {"on_demand_throughput": {"MaxReadRequestUnits": 5}},
     {**_TABLE, "OnDemandThroughput": {"MaxReadRequestUnits": 5}}),
    ("CreateTable", "stream", ["Music", _DEFINITIONS, _SCHEMA],
     {"billing_mode": "PAY_PER_REQUEST", "stream_enabled": True, "stream_view_type": "NEW_IMAGE"},
     {**_TABLE, "BillingMode": "PAY_PER_REQUEST",
      "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}),
    ("CreateTable", "replica of a table", ["Music", None, None], {"global_table_source_arn": "arn:aws:dynamodb:a"},
     {"TableName": "Music", "GlobalTableSourceArn": "arn:aws:dynamodb:a"}),
    ("UpdateTable", "capacity", ["Music"], {"read_capacity_units": 5, "write_capacity_units": 7},
     {"TableName": "Music", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 7}}),
    ("UpdateTable", "stream", ["Music"], {"stream_enabled": True, "stream_view_type": "KEYS_ONLY"},
     {"TableName": "Music", "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}),
    ("UpdateTable", "stream switched off", ["Music"], {"stream_enabled": False},
     {"TableName": "Music", "StreamSpecification": {"StreamEnabled": False}}),
    ("UpdateTable", "short definitions", ["Music"], {"attribute_definitions": {"id": "S", "at": "N"}},
     {"TableName": "Music", "AttributeDefinitions": _DEFINITIONS}),
    ("Query", "descending", ["Music"], {"descending": True}, {"TableName": "Music", "ScanIndexForward": False}),
    ("Scan", "segment 0", ["Music"], {"total_segments": 2}, {"TableName": "Music", "TotalSegments": 2, "Segment": 0}),
    ("GetItem", "empty strings are sent", ["Music", {"id": 1}], {"projection_expression": ""},
     {"TableName": "Music", "Key": {"id": {"N": "1"}}, "ProjectionExpression": ""}),
]


def snake_case(name):
    """AWS's name as dynamo.h has it: SSESpecification is sse_specification."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class Header:
    """What dynamo.h declares."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
        self.functions = {}  # name: its parameters' names, without client, response and error
        for name, parameters in re.findall(r"dynamo_status\s+dynamo_(\w+)\(([^)]*)\)", text):
            names = [re.search(r"(\w+)\s*$", parameter).group(1) for parameter in parameters.split(",")]
            self.functions[name] = [each for each in names if each not in ("client", "response", "error")]
        self.options = {}  # name of the function: {field: C type}
        for name, body in re.findall(r"typedef struct dynamo_(\w+)_options \{(.*?)\}", text, flags=re.S):
            self.options[name] = {
                field: " ".join(kind.split()) + (" *" if star else "")
                for kind, star, field in re.findall(r"([\w ]+?)\s*(\*?)\s*(\w+)\s*;", body)
            }


class Case:
    """One call: `source` is the body of its C function, `parameters` are what botocore gets, `nested` the members of
    nested structures that are among them."""

    def __init__(self, operation, name, source, parameters, nested=frozenset(), raw=False):
        self.operation = operation
        self.name = f"{operation.name}, {name}"
        self.source = source
        self.parameters = parameters
        self.nested = nested
        self.raw = raw  # through dynamo_call(), whose answer is as it came

    def generated(self):
        """The name of the idempotency token that the library makes up for this call, or None."""
        for name, shape in _members(self.operation).items():
            if shape.metadata.get("idempotencyToken") and name not in self.parameters and not self.raw:
                return name
        return None


def _members(operation):
    return operation.input_shape.members if operation.input_shape else {}


def nested_members(shape, names=None):
    """(shape, member) of each structure below an operation's input."""
    names = set() if names is None else names
    if shape is None or shape.name == "AttributeValue":
        return names
    if shape.type_name == "list":
        nested_members(shape.member, names)
    elif shape.type_name == "map":
        nested_members(shape.value, names)
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            names.add((shape.name, name))
            nested_members(member, names)
    return names


def all_nested_members(operations):
    """Of all operations, their own inputs' members aside."""
    return {
        pair for operation in operations for shape in _members(operation).values() for pair in nested_members(shape)
    }


def _c_text(text):
    """A C string literal. Octal escapes have at most three digits, so that no later character joins them."""
    pieces = []
    for byte in text.encode():
        if chr(byte) in '"\\':
            pieces.append("\\" + chr(byte))
        else:
            pieces.append(chr(byte) if 32 <= byte < 127 and byte != ord("?") else f"\\{byte:03o}")
    return '"' + "".join(pieces) + '"'


def _c_value(c_type, value):
    if value is None:
        return "NULL"
    if c_type == "const char *":
        return _c_text(value)
    if c_type == "json_t *":
        return f"load({_c_text(json.dumps(value, ensure_ascii=False))})"
    if c_type == "dynamo_bool":
        return "DYNAMO_TRUE" if value else "DYNAMO_FALSE"
    if c_type == "bool":
        return "true" if value else "false"
    return str(value)


def _source(header, operation, arguments, fields):
    """The call in C. `fields` is None for NULL options."""
    function = snake_case(operation.name)
    shapes = _members(operation)
    passed = [
        _c_value(C_TYPES[shapes[name].type_name], value)
        for name, value in zip(POSITIONAL[operation.name], arguments)
    ]
    lines = []
    if fields is not None:
        types = header.options[function]
        lines.append(f"    dynamo_{function}_options options = {{ 0 }};")
        lines.append("")
        lines += [f"    options.{name} = {_c_value(types[name], value)};" for name, value in fields.items()]
    call = ", ".join(["client", *passed, "NULL" if fields is None else "&options", "response", "error"])
    lines.append(f"    return dynamo_{function}({call});")
    return lines


def _full(header, operation, variant, without):
    """Every member that the model has, but for those that can't stand beside the others."""
    values = Values(variant, without)
    pairs = {name: values.of(shape) for name, shape in _members(operation).items() if name not in without}
    if "Segment" in pairs:
        pairs["TotalSegments"] = (pairs["Segment"][0] + 1,) * 2
    positional = POSITIONAL[operation.name]
    arguments = [pairs[name][0] for name in positional]
    fields = {snake_case(name): pair[0] for name, pair in pairs.items() if name not in positional}
    source = _source(header, operation, arguments, fields or None)
    title = f"every member, variant {variant}"
    if without:
        title += ", without " + ("expressions" if without is EXPRESSIONS else "what they replaced")
    parameters = {name: pair[1] for name, pair in pairs.items()}
    return Case(operation, title, source, parameters, nested=frozenset(values.nested))


def _minimal(header, operation):
    pairs = {name: Values(0, LEGACY).of(_members(operation)[name]) for name in POSITIONAL[operation.name]}
    arguments = [pair[0] for pair in pairs.values()]
    source = _source(header, operation, arguments, None)
    return Case(operation, "no options", source, {name: pair[1] for name, pair in pairs.items()})


def _raw(operation, body):
    """Through dynamo_call(), in botocore's own words."""
    text = _c_text(body.decode())
    source = [f'    return dynamo_call(client, "{operation.name}", load({text}), response, error);']
    return source


def member_problems(header, operation):
    """What is wrong with the function's arguments and options."""
    function = snake_case(operation.name)
    positional = POSITIONAL[operation.name]
    shapes = _members(operation)
    fields = header.options.get(function, {})
    problems = []
    expected = [snake_case(name) for name in positional] + ["options"]
    if header.functions[function] != expected:
        problems.append(f"its arguments are {header.functions[function]}, not {expected}")
    for name, shape in shapes.items():
        field = snake_case(name)
        c_type = C_TYPES[shape.type_name]
        if name not in positional and fields.get(field) != c_type:
            problems.append(f"{field} is {fields.get(field, 'missing')}, not {c_type}")
    used = {field for case in SHORTHANDS if case[0] == operation.name for field in case[3]}
    for field in set(fields) - {snake_case(name) for name in shapes} - used:
        problems.append(f"{field} is no member of the API, and no shorthand's case sets it")
    return problems


def wrapper_cases(header, operation):
    names = set(_members(operation)) | {name for _, name in all_nested_members([operation])}
    left_out = [EXPRESSIONS, LEGACY] if names & LEGACY else [frozenset()]
    cases = [_full(header, operation, variant, without) for variant in (0, 1) for without in left_out]
    if operation.name != "CreateTable":  # which fills something in: see SHORTHANDS
        cases.append(_minimal(header, operation))
    for name, title, arguments, fields, parameters in SHORTHANDS:
        if name == operation.name:
            cases.append(Case(operation, title, _source(header, operation, arguments, fields), parameters))
    return cases


def raw_case(operation, serialize):
    values = Values(0)
    parameters = {name: values.of(shape)[1] for name, shape in _members(operation).items()}
    body = serialize(operation, parameters)["body"]
    return Case(operation, "through dynamo_call()", _raw(operation, body), parameters, raw=True)


def write_calls(file, cases, constants):
    """calls.inc, which driver.c includes."""
    for name, text in constants.items():
        file.write(f"#define {name} {_c_text(text)}\n")
    for index, case in enumerate(cases):
        file.write(f"\n/* {case.name} */\n")
        parameters = "dynamo_client *client, json_t **response, dynamo_error *error"
        file.write(f"static dynamo_status case_{index}({parameters})\n")
        file.write("{\n" + "\n".join(case.source) + "\n}\n")
    names = ", ".join(f"case_{index}" for index in range(len(cases)))
    file.write(f"\nstatic call *const cases[] = {{ {names} }};\n")
