"""The exact payload stored for a secret, and how a value is written in an environment variable."""

from __future__ import annotations

import base64
import json

from fixers.model import PlannedSecret
from scanner.errors import FixError
from scanner.model import SecretValue

# The order of AWS's rotation templates, in which key names are case-sensitive and the port is a number.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
TEMPLATE_KEYS = ("engine", "host", "username", "password", "dbname", "port")


def payload(secret: PlannedSecret) -> SecretValue:
    """The payload that is uploaded, and must be equal when read back: bytes for SecretBinary, else text.

    One member without a key and no constants is stored as it is, anything else as a compact JSON object. Raises
    FixError if a value that must be text is not.
    """
    if not secret.constants and len(secret.members) == 1 and secret.members[0].key is None:
        value = secret.members[0].value
        return (
            SecretValue(value.reveal("bytes"))
            if secret.type == "SecretBinary"
            else SecretValue(_text(secret.name, value))
        )
    fields: dict[str, str | int] = {key: _constant(key, text) for key, text in secret.constants}
    for member in secret.members:
        if member.key is None or member.key in fields:
            raise FixError(f"{secret.name}: two values would have the same key", hint="name the keys in the plan")
        fields[member.key] = _text(secret.name, member.value)
    ordered = {key: fields[key] for key in sorted(fields, key=_template_order)}
    # Not ASCII only: that would double the size of other scripts, and the limit is 65,536 bytes.
    return SecretValue(json.dumps(ordered, ensure_ascii=False, separators=(",", ":")))


def field_of(value: SecretValue, key: str | None) -> SecretValue | None:
    """The value of a key in a stored JSON object as the generated module reads it: values other than text as JSON.

    Without a key the value itself; None if there is no such key.
    """
    if key is None:
        return value
    try:
        field = json.loads(value.reveal("bytes"))[key]
    except (ValueError, TypeError, LookupError):
        return None
    return SecretValue(field if isinstance(field, str) else json.dumps(field))


def environment_text(value: SecretValue) -> str:
    """The text that a variable must hold for the generated module to return this value.

    Text is written as it is. Bytes are written as text if they are valid UTF-8, else as base64 after `base64:`, which
    the generated module decodes.
    """
    plain = value.reveal()
    if isinstance(plain, str):
        return plain
    try:
        text = plain.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and "\0" not in text and not text.startswith(("base64:", "{{resolve:", "resolve:")):
        return text
    return "base64:" + base64.b64encode(plain).decode("ascii")


def _text(name: str, value: SecretValue) -> str:
    plain = value.reveal()
    if isinstance(plain, str):
        return plain
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        message = f"{name}: a value holds bytes that are not UTF-8 and cannot be stored as text"
        raise FixError(message, hint="store it alone, as SecretBinary in Secrets Manager") from None


def _constant(key: str, text: str) -> str | int:
    return int(text) if key == "port" and text.isascii() and text.isdecimal() and text == str(int(text)) else text


def _template_order(key: str) -> tuple[int, str]:
    return (TEMPLATE_KEYS.index(key) if key in TEMPLATE_KEYS else len(TEMPLATE_KEYS), key)
