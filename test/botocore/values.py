"""Type-correct values for a shape of botocore's service model: in the library's plain form and in botocore's."""

import base64
import decimal
import re

BYTES = b"\x00\x01\xfe\xff bytes"
BASE64 = base64.b64encode(BYTES).decode()
TEXT = 'text with "quotes", \\ and \u00e9 \u20ac \U0001f600'
DIGITS = "1234567890123456789.0123456789012345678"

# Every type of attribute value: as a caller writes it, and as botocore takes it.
ATTRIBUTE_VALUES = [
    ("text", {"S": "text"}),
    ("", {"S": ""}),
    (TEXT + "\x00\x1f\x7f\u2028\n", {"S": TEXT + "\x00\x1f\x7f\u2028\n"}),
    (0, {"N": "0"}),
    (-42, {"N": "-42"}),
    (9223372036854775807, {"N": "9223372036854775807"}),
    (-9223372036854775808, {"N": "-9223372036854775808"}),
    (1.5, {"N": "1.5"}),
    (0.1, {"N": "0.1"}),
    (100.0, {"N": "100"}),
    (-0.0, {"N": "0"}),
    (1e21, {"N": "1000000000000000000000"}),
    (1e-7, {"N": "0.0000001"}),
    ({"$N": DIGITS}, {"N": DIGITS}),
    ({"$N": "-1E+100"}, {"N": "-1E+100"}),
    ({"$B": BASE64}, {"B": BYTES}),
    ({"$B": ""}, {"B": b""}),
    (True, {"BOOL": True}),
    (False, {"BOOL": False}),
    (None, {"NULL": True}),
    ({"$SS": ["b", "a", ""]}, {"SS": ["b", "a", ""]}),
    ({"$NS": [1, 2.5, {"$N": DIGITS}]}, {"NS": ["1", "2.5", DIGITS]}),
    ({"$BS": [BASE64, "AA=="]}, {"BS": [BYTES, b"\x00"]}),
    ([], {"L": []}),
    ([1, "two", [True]], {"L": [{"N": "1"}, {"S": "two"}, {"L": [{"BOOL": True}]}]}),
    ({}, {"M": {}}),
    ({"a": {"b": {"$SS": ["c"]}}}, {"M": {"a": {"M": {"b": {"SS": ["c"]}}}}}),
    ({"$$B": 1}, {"M": {"$B": {"N": "1"}}}),
    ({"$B": "AA==", "more": 1}, {"M": {"$B": {"S": "AA=="}, "more": {"N": "1"}}}),
    ({"S": "text"}, {"M": {"S": {"S": "text"}}}),
]


class Values:
    """Values that differ from one another, so that two members can't be taken for each other. The variant turns each
    boolean round and moves on each enumeration; members named in `without` are left out at any depth."""

    def __init__(self, variant, without=frozenset()):
        self.variant = variant
        self.without = without
        self.count = 0
        self.nested = set()  # (shape, member) of each structure below

    def of(self, shape):
        """(plain, botocore's)"""
        self.count += 1
        if shape.name == "AttributeValue":
            return ATTRIBUTE_VALUES[self.count % len(ATTRIBUTE_VALUES)]
        return getattr(self, "_" + shape.type_name)(shape)

    def _structure(self, shape):
        members = {name: member for name, member in shape.members.items() if name not in self.without}
        self.nested |= {(shape.name, name) for name in members}
        pairs = {name: self.of(member) for name, member in members.items()}
        return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}

    def _list(self, shape):
        if shape.member.name == "AttributeValue":
            pairs = ATTRIBUTE_VALUES
        else:
            pairs = [self.of(shape.member) for _ in range(2)]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def _map(self, shape):
        if shape.value.name == "AttributeValue":
            pairs = {f"{index} {TEXT}": pair for index, pair in enumerate(ATTRIBUTE_VALUES)}
        else:
            pairs = {f"#{name}": self.of(shape.value) for name in ("a", "\u00e9")}
        return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}

    def _string(self, shape):
        if shape.enum:
            text = shape.enum[(self.count + self.variant) % len(shape.enum)]
        elif "pattern" in shape.metadata:
            text = f"Name-{self.count}"
        else:
            text = f"{self.count} {TEXT}"
        text = text.ljust(shape.metadata.get("min", 0), "-")
        return text, text

    def _integer(self, shape):
        number = min(shape.metadata.get("min", 1) + self.count, shape.metadata.get("max", 2**31 - 1))
        return number, number

    def _long(self, shape):
        number = 2**53 + 2 * self.count + 1 if "max" not in shape.metadata else shape.metadata["max"]
        return number, number

    def _double(self, shape):
        number = self.count + 0.5
        return number, number

    _float = _double

    def _boolean(self, shape):
        truth = self.variant % 2 == 0
        return truth, truth

    def _timestamp(self, shape):
        seconds = 1700000000 + self.count
        return seconds, seconds


# ---- Answers: what the service would write, and what the library makes of it --------------------------------------


def wire(value):
    """botocore's value as JSON: bytes in base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: wire(each) for name, each in value.items()}
    return [wire(each) for each in value] if isinstance(value, list) else value


def _number(text):
    if re.fullmatch(r"0|-?[1-9][0-9]*", text):
        return int(text) if -(2**63) <= int(text) < 2**63 else {"$N": text}
    if re.fullmatch(r"-?(0|[1-9][0-9]*)\.[0-9]*[1-9]", text):
        if format(decimal.Decimal(repr(float(text))), "f") == text:
            return float(text)
    return {"$N": text}


def _set_number(text):
    number = _number(text)
    return number["$N"] if isinstance(number, dict) else number


def plain(value):
    """An attribute value in the one form that the library reads it in."""
    ((kind, held),) = value.items()
    if kind == "N":
        return _number(held)
    if kind == "B" or kind in ("SS", "BS"):
        return {"$" + kind: held}
    if kind == "NS":
        return {"$NS": [_set_number(each) for each in held]}
    if kind == "NULL":
        return None
    if kind == "L":
        return [plain(each) for each in held]
    if kind != "M":
        return held
    members = {name: plain(each) for name, each in held.items()}
    (only,) = members if len(members) == 1 else ("",)
    return {"$" + only: members[only]} if re.fullmatch(r"\$+(N|B|SS|NS|BS)", only) else members


def read_back(value, shape):
    """An answer of this shape as the library gives it: attribute values plain, all else as it is."""
    if shape.name == "AttributeValue":
        return plain(value)
    if shape.type_name == "list":
        return [read_back(each, shape.member) for each in value]
    if shape.type_name == "map":
        return {name: read_back(each, shape.value) for name, each in value.items()}
    if shape.type_name == "structure":
        return {name: read_back(each, shape.members[name]) for name, each in value.items()}
    return value


def answer(operation):
    """What the service would write with every member set; None where the operation answers nothing."""
    if operation.output_shape is None:
        return None
    return wire(Values(0).of(operation.output_shape)[1])
