"""What the generated module does on the interpreter that runs this: `python module_on_any_python.py MODULE`.

boto3 and botocore are replaced by stand-ins, so that an interpreter without them will do. It prints `ok`, or says what
was wrong.
"""

import asyncio
import importlib.util
import os
import sys
import threading
import types


class StandError(Exception):
    def __init__(self):
        self.response = {"Error": {"Code": "AccessDeniedException", "Message": "a message that must not be repeated"}}


class Client:
    meta = types.SimpleNamespace(region_name="eu-west-1")

    def __init__(self):
        self.calls = 0

    def get_secret_value(self, SecretId, VersionStage=None, VersionId=None):  # noqa: N803
        self.calls += 1
        if SecretId == "prod/shop/denied":
            raise StandError
        return {"SecretString": '{"password": "from-store", "port": 5432}'}

    def get_parameter(self, Name, WithDecryption):  # noqa: N803
        return {"Parameter": {"Value": f"{Name} {WithDecryption}"}}


def expect(what, is_true):
    if not is_true:
        sys.exit(what)


def without_boto3(module):
    sys.modules["botocore"] = None
    try:
        module.get_secret_value("prod/shop/db")
    except module.SecretUnavailable as error:
        expect("the missing boto3 is not named", "pip install boto3" in str(error))
    else:
        sys.exit("no boto3 and no error")


def stand_in():
    clients = []
    boto3, botocore = types.ModuleType("boto3"), types.ModuleType("botocore")
    exceptions, config = types.ModuleType("botocore.exceptions"), types.ModuleType("botocore.config")
    exceptions.ClientError = exceptions.BotoCoreError = StandError
    config.Config = dict
    make = types.SimpleNamespace(client=lambda service, config: clients.append(Client()) or clients[-1])
    boto3.session = types.SimpleNamespace(Session=lambda region_name: make)
    sys.modules.update(
        {"boto3": boto3, "botocore": botocore, "botocore.exceptions": exceptions, "botocore.config": config}
    )
    return clients


def main(path):
    found = importlib.util.spec_from_file_location("app_secrets", path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    expect("boto3 or asyncio is imported at import", not {"boto3", "botocore"} & set(sys.modules))
    without_boto3(module)
    os.environ["DB_PASSWORD"] = "from-environment"
    expect("environment", module.get_secret_value("prod/shop/db", "password", env="DB_PASSWORD") == "from-environment")
    del os.environ["DB_PASSWORD"]
    clients = stand_in()
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(module.get_secret_value("prod/shop/db", "password")))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect("threads", answers == ["from-store"] * 20 and len(clients) == 1 and clients[0].calls == 1)
    expect("number", module.get_secret_value("prod/shop/db", "port") == "5432")
    expect("async", asyncio.run(module.aget_secret_value("prod/shop/db", "password")) == "from-store")
    expect("parameter", module.get_secret_bytes("/prod/shop/k") == b"/prod/shop/k True")
    try:
        module.get_secret_value("prod/shop/denied", "password")
    except module.SecretUnavailable as error:
        expect("words", "secretsmanager:GetSecretValue" in str(error) and "eu-west-1" in str(error))
        expect("cause", "repeated" not in str(error) and error.__cause__ is None and error.__suppress_context__)
    child = os.fork()
    if child == 0:
        module.refresh()
        os._exit(0 if module.get_secret_value("prod/shop/db", "password") == "from-store" and len(clients) == 3 else 9)
    expect("fork", os.waitpid(child, 0)[1] == 0)
    sys.stdout.write("ok")


main(sys.argv[1])
