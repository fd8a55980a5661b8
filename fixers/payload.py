"""The exact payload that is stored for a secret, and how a value is written in an environment variable."""

from __future__ import annotations

import base64
import json

from fixers.model import PlannedSecret
from scanner.errors import FixError
from scanner.model import SecretValue

# The order of AWS's rotation templates; key names are case-sensitive there and the port is a number.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
TEMPLATE_KEYS = ("engine", "host", "username", "password", "dbname", "port")


def payload(secret: PlannedSecret) -> SecretValue:
    """Return what is uploaded, and reads back equal: bytes for SecretBinary, else text.

    One member without a key and no constants is stored as it is, anything else as a compact JSON object. Raises
    FixError where a value is no text and would have to be.
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
    # Not ASCII only: that would double the size of other scripts, and 65,536 bytes are all there is.
    return SecretValue(json.dumps(ordered, ensure_ascii=False, separators=(",", ":")))


def field_of(value: SecretValue, key: str | None) -> SecretValue | None:
    """The value at a key of a stored JSON object, as the generated module reads it: what is not text, as JSON.

    Without a key the value itself; None where there is no such key.
    """
    if key is None:
        return value
    try:
        field = json.loads(value.reveal("bytes"))[key]
    except (ValueError, TypeError, LookupError):
        return None
    return SecretValue(field if isinstance(field, str) else json.dumps(field))


def environment_text(value: SecretValue) -> str:
    """Return what a variable must hold for the generated module to give this value.

    Text stands as it is. Bytes stand as text if they are UTF-8, else after `base64:`: so the generated
    module reads them.
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
