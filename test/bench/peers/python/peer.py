"""The benchmark's calls through boto3: peer.py OPERATION CALLS. Prints the microseconds of wall time and of CPU that a
call took."""

import os
import resource
import sys
import time

import boto3

CLIENT = boto3.client(
    "dynamodb",
    endpoint_url=os.environ["DYNAMO_BENCH_ENDPOINT"],
    region_name="us-east-1",
    aws_access_key_id="AKIDEXAMPLE",
    aws_secret_access_key="secret",
)

# The item of bench.c.
ITEM = {
    "Artist": {"S": "Artist 00000"},
    "SongTitle": {"S": "Song 00000"},
    "Year": {"N": "1969"},
    "Price": {"N": "9.99"},
    "Plays": {"N": "123456"},
    "Live": {"BOOL": False},
    "Genres": {"L": [{"S": "rock"}, {"S": "folk"}]},
    "Label": {"M": {"Name": {"S": "Parlophone"}, "Country": {"S": "GB"}}},
    "Note": {"S": os.environ["DYNAMO_BENCH_NOTE"]},
}


def get_item():
    found = CLIENT.get_item(TableName="Music", Key={"Artist": {"S": "Artist 00000"}})
    if "Item" not in found:
        sys.exit("no item")


def put_item():
    CLIENT.put_item(TableName="Music", Item=ITEM)


def scan():
    if len(CLIENT.scan(TableName="Music")["Items"]) != 3000:
        sys.exit("not 3,000 items")


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    operation = {"GetItem": get_item, "PutItem": put_item, "Scan": scan}[sys.argv[1]]
    calls = int(sys.argv[2])
    for _ in range(calls // 10 + 1):
        operation()
    cpu, wall = cpu_seconds(), time.perf_counter()
    for _ in range(calls):
        operation()
    wall = time.perf_counter() - wall
    cpu = cpu_seconds() - cpu
    print(f"{wall / calls * 1e6:.3f} {cpu / calls * 1e6:.3f}")


main()
