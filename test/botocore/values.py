"""Type-correct values for a shape of botocore's service model: in the library's plain form and in botocore's."""

import base64

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
    boolean round and moves on each enumeration."""

    def __init__(self, variant):
        self.variant = variant
        self.count = 0

    def of(self, shape):
        """(plain, botocore's)"""
        self.count += 1
        if shape.name == "AttributeValue":
            return ATTRIBUTE_VALUES[self.count % len(ATTRIBUTE_VALUES)]
        return getattr(self, "_" + shape.type_name)(shape)

    def _structure(self, shape):
        pairs = {name: self.of(member) for name, member in shape.members.items()}
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
