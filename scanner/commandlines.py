"""Command lines that give a password away without naming it: `sshpass -p x`, `curl -u user:x`, `echo x | sudo -S`.

Flags of one letter mean a password only behind certain programs. `COMMAND` is for `re`, ends where the password begins,
and needs one of `WORDS`; `EXPRESSIONS` are Hyperscan's (flag CASELESS) and end within it, or where the pipeline ends
that it begins.
"""

from __future__ import annotations

import re

_ARGUMENTS = r"[^\n|;&]{0,120}?[ \t]"
_LOGIN = r"\b(?:docker|podman|nerdctl|buildah|skopeo|helm|oras|az|oc)"
# https://dev.mysql.com/doc/refman/en/password-security-user.html: no blank between -p and the password.
_MYSQL = r"\b(?:mysql|mariadb)(?:[_-]?[a-z]{1,12})?"
_SPACED = (
    (r"\bredis-cli", "-a"),
    (r"\bldap(?:search|modify|add|delete|passwd|whoami|compare)", "-w"),
    (r"\bmongo(?:sh|dump|restore|export|import)?", "-p"),
    (r"\bsqlcmd", "-P"),
    (r"\b(?:un)?zip", "-P"),
)
_CHPASSWD = r"(?:sudo[ \t]+)?chpasswd\b"
_STDIN = r"(?:sudo[ \t]+(?:-[a-z]+[ \t]+)*-S\b|[^|\n]{1,100}--password-stdin)"

# `--name cloud-mongo -p 27017:27017` starts no mongo.
_STARTS = r"(?<![\w.\-])"
WORDS = re.compile("sshpass|login|mysql|mariadb|curl|redis-cli|ldap|mongo|sqlcmd|zip|echo")
COMMAND = (
    r"\bsshpass[ \t]{1,4}(?:-v[ \t]{1,4})?-p[ \t]{0,4}"
    rf"|{_LOGIN}{_ARGUMENTS}login{_ARGUMENTS}-p[ \t]{{1,4}}"
    rf"|{_MYSQL}{_ARGUMENTS}-p(?=['\"]?[^\s'\"])"
    rf"|\bcurl{_ARGUMENTS}(?:-u|--user|-U|--proxy-user)[ \t=]{{0,4}}['\"]?[^\s:'\"$]{{1,64}}:(?=[^\s'\"/])"
    + "".join(rf"|{_STARTS}{program}{_ARGUMENTS}{flag}[ \t]{{1,4}}" for program, flag in _SPACED)
    + r"|\becho[ \t]{1,4}(?:-[neE]{1,2}[ \t]{1,4})?['\"]?"
    rf"(?:[\w.$\-]{{1,40}}:(?=[^|\n]{{1,100}}\|[ \t]*{_CHPASSWD})|(?=[^|\n]{{1,100}}\|[ \t]*{_STDIN}))"
)
_BETWEEN = r"[ \t](?:[^\n|;&]*[ \t])?"
_VALUE = r"['\"]?[^\s\"'$-]"
EXPRESSIONS = tuple(
    each.encode()
    for each in (
        r"\bsshpass[ \t]+(?:-v[ \t]+)?-p[ \t]*['\"]?[^\s\"'$]",
        rf"{_LOGIN}[ \t][^\n|;&]*login{_BETWEEN}(?-i:-p)[ \t]+{_VALUE}",
        rf"{_MYSQL}{_BETWEEN}(?-i:-p)['\"]?[^\s\"'$]",
        rf"\bcurl{_BETWEEN}(?:-u|--user|--proxy-user)[ \t=]*['\"]?[^\s:'\"$]{{1,64}}:[^\s'\"/$]",
        *(rf"{program}{_BETWEEN}(?-i:{flag})[ \t]+{_VALUE}" for program, flag in _SPACED),
        rf"\becho[ \t]+[^|\n]*\|[ \t]*(?:{_CHPASSWD}|(?-i:{_STDIN}))",
    )
)
