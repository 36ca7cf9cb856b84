"""Calls through the library, by by_moto.c, what moto serves and DynamoDB Local doesn't: tags, backups, restores,
exports, imports and resource policies; and DynamoDB with the keys of a role from moto's STS, by by_role.c, where moto
checks every signature and every permission. The server is started for each on a free port of this host, and stopped.
"""

import http.client
import json
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

    def check_signatures(self, after):
        """After so many requests only who is allowed to is answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("POST", "/moto-api/reset-auth", body=str(after).encode())
        if connection.getresponse().status != 200:
            sys.exit("moto can't be made to check signatures")
        connection.close()


def _make_bucket(url):
    """Where exports go and imports come from."""
    storage = botocore.session.get_session().create_client(
        "s3", region_name="us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b"
    )
    storage.create_bucket(Bucket=BUCKET)
    storage.put_object(Bucket=BUCKET, Key="songs/1.json", Body=b'{"Item":{"id":{"S":"first"},"plays":{"N":"3"}}}\n')


def _plain_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def _policy(action):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def _make_role(url):
    """A user that may assume a role, and the role, which may do all in DynamoDB. Its ARN and the user's keys."""
    users = botocore.session.get_session().create_client(
        "iam", region_name="us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b"
    )
    users.create_user(UserName="listener")
    users.put_user_policy(UserName="listener", PolicyName="assume", PolicyDocument=_policy("sts:AssumeRole"))
    trust = json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    })
    role = users.create_role(RoleName="reader", AssumeRolePolicyDocument=trust)["Role"]
    users.put_role_policy(RoleName="reader", PolicyName="all", PolicyDocument=_policy("dynamodb:*"))
    return role["Arn"], users.create_access_key(UserName="listener")["AccessKey"]


def _write_profiles(work, arn, key):
    """The environment that has them."""
    config, token = os.path.join(work, "roles.config"), os.path.join(work, "roles.token")
    with open(token, "w") as file:
        file.write("a.web.token\n")
    with open(config, "w") as file:
        file.write(
            f"[profile user]\naws_access_key_id = {key['AccessKeyId']}\n"
            f"aws_secret_access_key = {key['SecretAccessKey']}\n"
            f"[profile role]\nrole_arn = {arn}\nsource_profile = user\nexternal_id = a+b/c=\n"
            f"[profile web]\nrole_arn = {arn}\nweb_identity_token_file = {token}\n"
        )
    return {"AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": os.path.join(work, "none")}


def _run_roles(program, work):
    with Server(work) as server:
        environment = _plain_environment()
        environment.update(_write_profiles(work, *_make_role(server.url())))
        environment.update({"AWS_ENDPOINT_URL": server.url(), "AWS_REGION": "us-east-1"})
        # Requests without a signature are beyond moto's check, which doesn't read spaces as STS does, either.
        for profile, how, unsigned in (("role", "AssumeRole", 0), ("web", "AssumeRoleWithWebIdentity", 1)):
            server.check_signatures(after=unsigned)
            ended = subprocess.run([program, profile, f"By{how}"], stdout=subprocess.PIPE, text=True,
                                   timeout=SECONDS_FOR_ALL, env=environment)
            lines = ended.stdout.splitlines()
            wrong = [line for line in lines if not line.endswith(" OK")]
            if ended.returncode != 0 or len(lines) != 4:
                wrong.append(f"{len(lines)} of 4 calls, exit code {ended.returncode}")
            yield how, wrong


def run_roles(build, library, work):
    """Yields (how the role's keys came, what is wrong) for each way."""
    yield from _run_roles(build("by_role.c", library, work), work)


def run(build, library, work):
    """Yields (operation, what is wrong) for each call."""
    program = build("by_moto.c", library, work)
    environment = _plain_environment()
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
