"""A name of the vocabulary means the same wherever it stands: rules/names/*.toml is the only list of them."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest

from rules.load import load_rules
from scanner.model import Confidence, CredentialKind, Finding

# The id of an access key alone is judged otherwise, as are names that a value of two parts belongs to.
NAMES = sorted(
    "_".join(head.words)
    for head in load_rules().names.heads
    if head.strength == "strong" and head.kind != CredentialKind.ACCESS_KEY_ID and head.words != ("basic", "auth")
)
ASCII = [name for name in NAMES if name.isascii()]

# No name of Python; one that begins as what a function does, and those whose plural says something else.
NO_PLURAL = {"encrypt_key", "geheimnis", "kodikos", "sonar_login"}
EXCEPT = {"loop": {"pass"}, "list": {"sonar_login"}, "mapping": NO_PLURAL, "yaml mapping": NO_PLURAL}
# These are looked for by the commonest words alone: the whole vocabulary there made all scans slower.
COMMON = ("password", "passphrase", "token", "secret", "api_key")
COMMONLY = {"loop": COMMON, "mapping": (*COMMON, "key")}
CHARACTERS = string.ascii_letters + string.digits

Form = Callable[[str, str, str], str]


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def several(name: str) -> str:
    return name if name.endswith("s") and not name.endswith("ss") else f"{name}s"


FORMS: dict[str, tuple[str, Form]] = {
    "variable": (".env", lambda n, v, _: f"{n.upper()}={v}\n"),
    "assignment": ("a.py", lambda n, v, _: f"{n} = '{v}'\n"),
    "keyword": ("a.py", lambda n, v, _: f"connect({n}='{v}')\n"),
    "comparison": ("a.py", lambda n, v, _: f"if {n} == '{v}':\n    run()\n"),
    "loop": ("a.py", lambda n, v, w: f"for {n} in ('{v}', '{w}'):\n    run({n})\n"),
    "list": ("a.py", lambda n, v, w: f"{several(n)} = ['{v}', '{w}']\n"),
    "mapping": ("a.py", lambda n, v, w: f"{several(n)} = {{'maps': '{v}', 'mail': '{w}'}}\n"),
    "default": ("a.py", lambda n, v, _: f"def f({n}='{v}'):\n    run({n})\n"),
    "environment": ("a.py", lambda n, v, _: f"x = os.getenv('{n.upper()}', '{v}')\n"),
    "option": ("a.py", lambda n, v, _: f"parser.add_argument('--{n.replace('_', '-')}', default='{v}')\n"),
    "field": ("a.py", lambda n, v, _: f"class C(BaseSettings):\n    {n}: str = Field('{v}')\n"),
    "entry": ("a.py", lambda n, v, _: f"c = {{'{n}': '{v}'}}\n"),
    "query": ("a.py", lambda n, v, _: f"cur.execute('INSERT INTO u (a, {n}) VALUES (%s, %s)', ('b', '{v}'))\n"),
    "yaml": ("a.yaml", lambda n, v, _: f"db:\n  {n}: {v}\n"),
    "yaml list": ("a.yaml", lambda n, v, w: f"{several(n)}:\n  - {v}\n  - {w}\n"),
    "yaml mapping": ("a.yaml", lambda n, v, w: f"{several(n)}:\n  maps: {v}\n  mail: {w}\n"),
    "container": ("a.yaml", lambda n, v, _: f"spec:\n  env:\n    - name: {n.upper()}\n      value: {v}\n"),
    "json": ("a.json", lambda n, v, _: f'{{"db": {{"{n}": "{v}"}}}}\n'),
    "json camel": ("a.json", lambda n, v, _: f'{{"db": {{"{camel(n)}": "{v}"}}}}\n'),
    "json list": ("a.json", lambda n, v, w: f'{{"{several(n)}": ["{v}",\n "{w}"]}}\n'),
    "toml": ("a.toml", lambda n, v, _: f'[db]\n"{n}" = "{v}"\n'),
    "ini": ("a.ini", lambda n, v, _: f"[db]\n{n} = {v}\n"),
    "properties": ("a.properties", lambda n, v, _: f"db.{n.replace('_', '.')}={v}\n"),
    "csv": ("a.csv", lambda n, v, _: f"user,{n}\nbob,{v}\n"),
    "insert": ("a.sql", lambda n, v, _: f"INSERT INTO users (name, {n}) VALUES ('bob', '{v}');\n"),
}
# Where only ASCII makes a name, or its letters are not what another program would read.
PLAIN: dict[str, tuple[str, Form]] = {
    "comment": ("a.py", lambda n, v, _: f"# {n}: {v}\nx = 1\n"),
    "xml": ("a.xml", lambda n, v, _: f"<c><{n}>{v}</{n}></c>\n"),
    "xml attribute": ("a.xml", lambda n, v, _: f'<c><add key="{n}" value="{v}"/></c>\n'),
    "update": ("a.sql", lambda n, v, _: f"UPDATE users SET {n} = '{v}' WHERE id = 1;\n"),
    "shell": ("a.sh", lambda n, v, _: f"export {n.upper()}={v}\n"),
    "command": ("a.sh", lambda n, v, _: f"tool --{n.replace('_', '-')} '{v}'\n"),
    "terraform": ("a.tf", lambda n, v, _: f'resource "x" "y" {{\n  {n} = "{v}"\n}}\n'),
    "javascript": ("a.js", lambda n, v, _: f"module.exports = {{ {camel(n)}: '{v}' }};\n"),
    "java": ("A.java", lambda n, v, _: f'  private static final String {n.upper()} = "{v}";\n'),
    "setter": ("A.java", lambda n, v, _: f'  c.set{camel(n)[:1].upper()}{camel(n)[1:]}("{v}");\n'),
    "go": ("a.go", lambda n, v, _: f'  {camel(n)} := "{v}"\n'),
    "php": ("a.php", lambda n, v, _: f"<?php return ['{n}' => '{v}'];\n"),
    "ruby": ("a.rb", lambda n, v, _: f"config.{n} = '{v}'\n"),
    "powershell": ("a.ps1", lambda n, v, _: f"${n} = '{v}'\n"),
    "image": ("Dockerfile", lambda n, v, _: f"FROM x\nENV {n.upper()}={v}\n"),
}


@pytest.mark.parametrize("form", [*FORMS, *PLAIN])
def test_a_strong_name_is_known_in_every_place(find: Callable[..., list[Finding]], form: str) -> None:
    path, write = (FORMS | PLAIN)[form]
    source = random.Random(form)
    missed = []
    for name in NAMES if form in FORMS else ASCII:
        one, other = ("".join(source.choices(CHARACTERS, k=22)) + "7q" for _ in range(2))
        text = write(name, one, other)
        if name in EXCEPT.get(form, ()) or not name.endswith(COMMONLY.get(form, "")):
            continue
        found = {each.value.reveal() for each in find(path, text) if each.confidence.rank >= Confidence.MEDIUM.rank}
        if not {value for value in (one, other) if value in text} <= found:
            missed.append(name)
    assert " ".join(missed) == ""


@pytest.mark.parametrize("name", ["tokens", "signing_keys"])
@pytest.mark.parametrize("write", ["  - {}\n", "  k{number}: {}\n"], ids=["list", "mapping"])
def test_every_one_of_many_is_found(find: Callable[..., list[Finding]], name: str, write: str) -> None:
    source = random.Random(name)
    values = ["".join(source.choices(CHARACTERS, k=22)) + "7q" for _ in range(150)]
    text = f"{name}:\n" + "".join(write.format(value, number=number) for number, value in enumerate(values))
    assert len(find("a.yaml", text)) == len(values)
