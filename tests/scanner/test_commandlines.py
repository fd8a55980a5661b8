"""Passwords that a command line gives away without naming them."""

from __future__ import annotations

import json
import random
import shlex
import string
from collections.abc import Callable

import pytest

from rules.load import load_rules
from scanner import engine, session
from scanner.model import Confidence
from scanner.source import Settings, Source

VALUE = "".join(random.Random(20261125).choices(string.ascii_letters + string.digits, k=18))


def found(path: str, text: str) -> list[str]:
    """What stands at the findings of a text, from medium on."""
    source = Source(path=path, raw=text.encode())
    result = engine.scan([source], engine.Setup(session.load_prefilter(), load_rules, lambda: Settings(key=bytes(32))))
    return [
        text[each.span.start : each.span.end]
        for each in result.findings
        if each.suppressed is None and each.confidence is not Confidence.LOW
    ]


def in_script(line: str) -> tuple[str, str]:
    return "deploy.sh", f"#!/bin/sh\n{line}\n"


def in_dockerfile(line: str) -> tuple[str, str]:
    return "Dockerfile", f"FROM python:3.12\nRUN {line}\n"


def in_workflow(line: str) -> tuple[str, str]:
    return (
        ".github/workflows/ci.yml",
        f"jobs:\n  deploy:\n    steps:\n      - run: |\n          set -e\n          {line}\n",
    )


def in_python(line: str) -> tuple[str, str]:
    return "shop/run.py", f"import os\n\nos.system({line!r})\n"


def in_a_list(line: str) -> tuple[str, str]:
    return "shop/run.py", f"import subprocess\n\nsubprocess.run({shlex.split(line)!r})\n"


def in_a_list_of_many_lines(line: str) -> tuple[str, str]:
    words = ",\n".join(f"    {json.dumps(word)}" for word in shlex.split(line))
    return "shop/run.py", f"import subprocess\n\nCOMMAND = [\n{words},\n]\nsubprocess.run(COMMAND)\n"


def in_a_compose_file(line: str) -> tuple[str, str]:
    return "compose.yaml", f"services:\n  job:\n    image: job\n    command: {json.dumps(shlex.split(line))}\n"


PLACES = (in_script, in_dockerfile, in_workflow, in_python)
LISTS = (in_a_list, in_a_list_of_many_lines, in_a_compose_file)

HARMLESS = (
    "curl -u $USER:$PASSWORD https://nexus.internal/",
    'curl -u "deploy:${PASSWORD}" https://nexus.internal/',
    "curl -uhttps://proxy.internal:8080 https://nexus.internal/",
    "curl -o out:put https://nexus.internal/",
    "mysql -u root -p shop",
    'mysql -u root -p"$MYSQL_ROOT_PASSWORD" shop',
    "mysqladmin --protocol=tcp -P 3306 ping",
    "sshpass -p $PASSWORD ssh deploy@host",
    "sshpass -e ssh deploy@host",
    "docker login -u ci -p $CI_TOKEN registry.internal",
    "docker run -p 8080:80 nginx && docker login registry.internal",
    'echo "$TOKEN" | docker login -u ci --password-stdin registry.internal',
    "echo all done | tee out.txt",
    'echo "root:$ROOT_PASSWORD" | chpasswd',
    "redis-cli -a $REDIS_PASSWORD ping",
    "unzip -P $ZIP_PASSWORD archive.zip",
    "mongodump -p $MONGO_PASSWORD",
    "docker run --name cloud-mongo -p 27017:27017 image",
    "docker run --name mongo -p 27017:27017 image",
    "mkdir -p build/output/directory",
    "openssl req -newkey rsa:2048 -keyout shop.key -out shop.csr",
    "openssl enc -aes-256-cbc -pass env:ENC_PASS -in dump.sql",
    "cqlsh -u cassandra -p $CASSANDRA_PASSWORD db.internal",
    "htpasswd -c /etc/nginx/.htpasswd admin",
    "htpasswd -b /etc/nginx/.htpasswd admin $ADMIN_PASSWORD",
    "npm config set //npm.internal/:_authToken $NPM_TOKEN",
    "npm config set registry https://npm.internal/",
    "rabbitmqctl add_vhost shop",
    "net user deploy /delete",
    "tar -p -xzf release.tgz",
    "psql -U app -p 5433 -W shop",
)


@pytest.mark.parametrize("line", HARMLESS)
@pytest.mark.parametrize("place", PLACES)
def test_a_command_line_without_a_password_is_none(place: Callable[[str], tuple[str, str]], line: str) -> None:
    assert found(*place(line)) == []


GIVING = (
    "sshpass -p '{}' ssh deploy@host",
    "sshpass -p{} ssh deploy@host",
    "docker login -u ci -p {} registry.internal",
    "helm registry login -u ci -p {} registry.internal",
    "mysqldump -u root -p{} shop",
    "mysql -h db.internal -uroot -p'{}' shop",
    "curl -u deploy:{} https://nexus.internal/",
    'curl -s --user "deploy:{}" https://nexus.internal/',
    "redis-cli -h cache -a {} ping",
    "ldapsearch -x -D cn=admin -w {} -b dc=shop",
    "mongodump --host db -u root -p {} --out dump",
    "unzip -P {} archive.zip",
    "echo {} | sudo -S apt-get update",
    'echo "{}" | docker login -u ci --password-stdin registry.internal',
    "echo 'root:{}' | chpasswd",
    "openssl enc -aes-256-cbc -k {} -in dump.sql -out dump.enc",
    "openssl pkcs12 -export -passout pass:{} -out shop.p12",
    "cqlsh -u cassandra -p {} db.internal",
    "mosquitto_pub -h broker -u shop -P {} -t orders",
    "ipmitool -H 10.1.2.3 -U root -P {} power status",
    "htpasswd -bc /etc/nginx/.htpasswd admin {}",
    "htpasswd -nb admin {}",
    "npm config set //npm.internal/:_authToken {}",
    "rabbitmqctl add_user shop {}",
    "net user deploy {} /add",
)
# As a list only what starts one program.
STARTING = tuple(line for line in GIVING if "|" not in line)


@pytest.mark.parametrize("line", GIVING)
@pytest.mark.parametrize("place", PLACES)
def test_a_command_line_with_a_password_gives_it_away(place: Callable[[str], tuple[str, str]], line: str) -> None:
    assert found(*place(line.format(VALUE))) == [VALUE]


@pytest.mark.parametrize("line", [line for line in HARMLESS if "|" not in line and "&&" not in line])
@pytest.mark.parametrize("place", LISTS)
def test_a_list_of_words_without_a_password_is_none(place: Callable[[str], tuple[str, str]], line: str) -> None:
    assert found(*place(line)) == []


@pytest.mark.parametrize("line", STARTING)
@pytest.mark.parametrize("place", LISTS)
def test_a_command_as_a_list_of_its_words_gives_its_password_away(
    place: Callable[[str], tuple[str, str]], line: str
) -> None:
    assert found(*place(line.format(VALUE))) == [VALUE]


def test_a_word_that_is_computed_is_no_password_and_hides_none() -> None:
    assert found("shop/run.py", 'import subprocess\nsubprocess.run(["sshpass", "-p", password, "ssh", host])\n') == []
    text = f'import subprocess\nsubprocess.run(["mysql", "-h", host, "-p{VALUE}", name])\n'
    assert found("shop/run.py", text) == [VALUE]
