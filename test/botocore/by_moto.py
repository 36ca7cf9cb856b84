"""Calls through the library, by by_moto.c, what moto serves and DynamoDB Local doesn't: tags, backups, restores,
exports, imports and resource policies. The server is started for it on a free port of this host, and stopped.
"""

import http.client
import os
import socket
import subprocess
import sys
import time

import botocore.session

BUCKET = "music-of-the-test"
SECONDS_TO_START = 60
SECONDS_FOR_ALL = 120


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/moto-api/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


class Server:
    """moto_server, killed at the end of the block."""

    def __init__(self, work):
        self.port = _free_port()
        self.log = os.path.join(work, "moto.log")
        self.work = work

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.work,
            )
        give_up = time.monotonic() + SECONDS_TO_START
        while not _answers(self.port):
            if self.process.poll() is not None or time.monotonic() > give_up:
                self.__exit__()
                sys.exit(f"moto doesn't answer; its log is {self.log}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def url(self):
        return f"http://127.0.0.1:{self.port}"


def _make_bucket(url):
    """Where exports go and imports come from."""
    storage = botocore.session.get_session().create_client(
        "s3", region_name="us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b"
    )
    storage.create_bucket(Bucket=BUCKET)
    storage.put_object(Bucket=BUCKET, Key="songs/1.json", Body=b'{"Item":{"id":{"S":"first"},"plays":{"N":"3"}}}\n')


def run(build, library, work):
    """Yields (operation, what is wrong) for each call."""
    program = build("by_moto.c", library, work)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with Server(work) as server:
        _make_bucket(server.url())
        ended = subprocess.run(
            [program, server.url(), BUCKET], stdout=subprocess.PIPE, text=True, timeout=SECONDS_FOR_ALL, env=environment
        )
    for line in ended.stdout.splitlines():
        name, _, result = line.partition(" ")
        yield name, [] if result == "OK" else [result]
    if ended.returncode != 0:
        yield "by_moto.c", [f"exit code {ended.returncode}"]
