"""What three real repositories taught (benchmarks/real-repositories.md), as small texts with made values.

A list of false alarms first: each stood in a report once. Confidences are bounds, not figures: weights may move.
"""

from __future__ import annotations

import random
import string

import pytest

from scanner import engine, session
from scanner.model import Confidence, Finding
from scanner.source import Settings, Source

_SOURCE = random.Random(20261124)  # the same in each run
WORD = "Gr4vel-kettle"
HEX = "".join(_SOURCE.choices("0123456789abcdef", k=32))
RANDOM = "".join(_SOURCE.choices(string.ascii_letters + string.digits, k=40))


def scanned(path: str, text: str) -> list[Finding]:
    text = text.replace("WORD", WORD).replace("HEX", HEX).replace("RANDOM", RANDOM)
    source = Source(path=path, raw=text.encode())
    result = engine.scan(
        [source], engine.Setup(session.load_prefilter(), session.load_rules, lambda: Settings(key=bytes(32)))
    )
    return [
        finding
        for finding in result.findings
        if finding.suppressed is None and finding.confidence.rank >= Confidence.MEDIUM.rank
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("static/main.js", "for(g in{radio:!0,password:!0,image:!0})x[g]=f(g)", id="keys of a JS object"),
        pytest.param("static/main.js", 'K=["continue","pwd","read","return","set"]', id="a shell's words in a list"),
        pytest.param("static/main.js", "e.Pass=Bs;e.walkTokens=function(e,t){return e}", id="a minified assignment"),
        pytest.param("spec/a_spec.js", 'fill("password", "newpassword", "newpassword")', id="arguments in a row"),
        pytest.param("app.py", '"""redis://user:password@host:port/db"""\n', id="a docstring's placeholders"),
        pytest.param("conf.ini", "[a]\n# e.g. redis://user:password@localhost:6379\n", id="a comment's placeholders"),
        pytest.param("app.py", 'password = get_secret_value("prod/shop/db", "password", env="P")\n', id="our own call"),
        pytest.param("app.py", 'x = get_secret("prod/api-token", "another-name")\n', id="a getter's second argument"),
        pytest.param("app.py", "tokens = {'root': [(r'[^\"\\']+', String), (r'\\w+\\s*', Name)]}\n", id="a lexer"),
        pytest.param("app.py", "jsonnet_token = r'[^\\W\\d]\\w*'\n", id="a pattern named token"),
        pytest.param("ci.yml", "AWS_SECRET_ACCESS_KEY: " + RANDOM[:30] + "EXAMPLEKEY\n", id="a published example"),
        pytest.param("app.py", 'REDIS_KEY = "new_version_available"\n', id="a key that is a name"),
        pytest.param("app.py", 'd["auth_type"] = "password"\n', id="a way to log in"),
        pytest.param("app.py", 'schema = {"required": ["api_token", "room_id"], "secret": ["token"]}\n', id="a schema"),
    ],
)
def test_no_alarm_is_raised_for(path: str, text: str) -> None:
    assert [finding.rule for finding in scanned(path, text)] == []


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        pytest.param(
            "compose.yaml",
            "services:\n  a:\n    environment:\n      - DATABASE_URL=mysql+pymysql://shop:WORD@db/shop\n",
            "url-password",
            id="a list of variables in a compose file",
        ),
        pytest.param(
            "compose.yaml",
            "x-env: &env\n  COOKIE_SECRET: RANDOM\n",
            "named-signing-key",
            id="an anchor's variables in a compose file",
        ),
        pytest.param(
            "Vagrantfile", "CREATE USER 'a'@'b' IDENTIFIED BY 'WORD';\n", "named-password", id="SQL in a Vagrantfile"
        ),
        pytest.param(
            "app.py",
            'import db\nimport redis\nCONFIG = {"host": "h", "password": "WORD"}\nr = redis.Redis(**CONFIG)\n',
            "redis-client",
            id="a dict that is unpacked into a call",
        ),
        pytest.param(
            "app.py",
            'import requests\nauth = ("ana", "WORD")\nrequests.get("https://api.internal", auth=auth)\n',
            "requests-request",
            id="a pair that is passed by its name",
        ),
        pytest.param("app.py", 'set_config("mailgun_api_key", "RANDOM")\n', "named-api-key", id="a setter"),
        pytest.param(
            "app.py",
            'class S3:\n    def f(self):\n        self.secret_key = "RANDOM"\n',
            "named-signing-key",
            id="an attribute of self",
        ),
    ],
)
def test_it_is_found(path: str, text: str, rule: str) -> None:
    assert rule in {finding.rule for finding in scanned(path, text)}


def test_a_split_token_is_seen_whole() -> None:
    text = f'client_secret = ("sk_" + "live_" "{RANDOM[:16]}"\n    "{RANDOM[16:40]}")\n'
    (finding,) = scanned("app.py", text)
    assert (finding.rule, finding.start[0], finding.end[0]) == ("stripe-live-key", 1, 2)
