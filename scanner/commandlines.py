"""Command lines that contain a password without naming it: `sshpass -p x`, `curl -u user:x`, `echo x | sudo -S`.

One-letter flags mean a password only after certain programs. `COMMAND` and `LOGON` are for `re` and end where the
password begins; `LOGON` ends at an `@`. Both need one of `WORDS`. `expressions` are Hyperscan's (flag CASELESS) and end
within the password, or at the end of the pipeline whose beginning it is. A command can also be a list of words, as in
subprocess calls: `password_in`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rules.lazy_patterns import lazy_pattern

_ARGUMENTS = r"[^\n|;&]{0,120}?[ \t]"
_LOGIN = r"\b(?:docker|podman|nerdctl|buildah|skopeo|helm|oras|az|oc)"
# https://dev.mysql.com/doc/refman/en/password-security-user.html: no blank between -p and the password.
_MYSQL = r"\b(?:(?:mysql|mariadb)(?:[_-]?[a-z]{1,12})?|7z[ar]?)"
_SPACED = (
    (r"\bredis-cli", "-a"),
    (r"\bldap(?:search|modify|add|delete|passwd|whoami|compare)", "-w"),
    (r"\bmongo(?:sh|dump|restore|export|import)?", "-p"),
    (r"\b(?:sqlcmd|bcp)", "-P"),
    (r"\b(?:un)?zip", "-P"),
    # https://docs.openssl.org/master/man1/openssl-enc/
    (r"\bopenssl", "-k"),
    # https://cassandra.apache.org/doc/latest/cassandra/managing/tools/cqlsh.html
    (r"\bcqlsh", "-p"),
    # https://mosquitto.org/man/mosquitto_pub-1.html
    (r"\bmosquitto_(?:pub|sub|rr)", "-P"),
    (r"\bipmitool", "-P"),
    # http://caspian.dotconf.net/menu/Software/SendEmail/
    (r"\bsendemail", "-xp"),
    # https://learn.microsoft.com/windows/win32/seccrypto/signtool
    (r"\bsigntool", "/p"),
    # https://networkmanager.dev/docs/api/latest/nmcli.html
    (r"\bnmcli", "password"),
    # https://man.openbsd.org/ssh-keygen.1
    (r"\bssh-keygen", "-N"),
    # https://learn.microsoft.com/sysinternals/downloads/psexec
    (r"\bpsexec(?:64)?", "-p"),
    # https://learn.microsoft.com/windows-server/administration/windows-commands/schtasks-create
    (r"\bschtasks", "/rp"),
    # https://learn.microsoft.com/dotnet/core/tools/dotnet-nuget-push
    (r"\bnuget[ \t]{1,4}push", "-k"),
    # https://twine.readthedocs.io/en/stable/#twine-upload
    (r"\btwine[ \t]{1,4}upload", "-p"),
    # https://cli.github.com/manual/gh_secret_set
    (r"\bgh[ \t]{1,4}secret[ \t]{1,4}set", "(?:-b|--body)"),
    # http://www.net-snmp.org/docs/man/snmpcmd.html
    (r"\bsnmp(?:walk|get|getnext|bulkwalk|bulkget|set|table|trap|inform)", "(?:-A|-X)"),
    # https://www.ibm.com/docs/en/db2/11.5.x?topic=commands-connect
    (r"\bdb2[ \t]{1,4}['\"]?connect", "(?i:using)"),
    # https://linux.die.net/man/1/rdesktop, https://www.netexec.wiki, https://github.com/Hackplayers/evil-winrm
    (r"\b(?:rdesktop|crackmapexec|netexec|nxc|evil-winrm)", "-p"),
    # https://docs.digitalocean.com/reference/doctl/reference/auth/init/
    (r"\bdoctl[ \t]{1,4}auth", "(?:-t|--access-token)"),
    # https://rclone.org/commands/rclone_config_create/
    (r"\brclone[ \t]{1,4}config[ \t]{1,4}(?:create|update)", "(?:secret_access_key|pass|password|token|account_key)"),
)
# https://docs.openssl.org/master/man1/openssl-passphrase-options/
_SOURCE = r"-pass(?:in|out)?[ \t]{1,4}['\"]?pass:"
# https://httpd.apache.org/docs/2.4/programs/htpasswd.html: -b takes the password, -n leaves out the file.
_LETTERS, _GAP = r"[a-zA-Z]{0,8}", r"[ \t]{1,4}"
_HTPASSWD = (
    rf"\bhtpasswd{_GAP}-(?:{_LETTERS}n{_LETTERS}b|{_LETTERS}b{_LETTERS}n){_LETTERS}{_GAP}[^\s|;&$-]{{1,100}}{_GAP}",
    rf"\bhtpasswd{_GAP}(?:-[a-zA-Z]{{1,8}}{_GAP}){{0,3}}-{_LETTERS}b{_LETTERS}{_GAP}(?:-[a-zA-Z]{{1,8}}{_GAP}){{0,3}}"
    rf"[^\s|;&-]{{1,100}}{_GAP}[^\s|;&$]{{1,100}}{_GAP}",
)
# https://www.rabbitmq.com/docs/man/rabbitmqctl.8, https://docs.npmjs.com/cli/commands/npm-config,
# https://learn.microsoft.com/windows-server/administration/windows-commands/net-user
_PLACED = (
    r"\brabbitmqctl[ \t](?:[^\n|;&]{0,60}[ \t])?(?:add_user|change_password)[ \t]{1,4}[^\s|;&]{1,64}[ \t]{1,4}",
    r"\bnpm[ \t](?:config[ \t]{1,4})?set[ \t](?:[^\n|;&]{0,40}[ \t])?"
    r"['\"]?//[^\s'\"]{1,100}:_(?:authToken|password|auth)['\"]?[ \t]{1,4}",
    # https://learn.microsoft.com/nuget/reference/cli-reference/cli-ref-setapikey
    r"\bnuget[ \t]{1,4}set_?apikey[ \t]{1,4}",
    # https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html, written by a script
    r"\bmachine[ \t]{1,4}[^\s|;&]{1,100}[ \t]{1,4}login[ \t]{1,4}[^\s|;&]{1,64}[ \t]{1,4}password[ \t]{1,4}",
    # https://manpages.debian.org/debconf-set-selections: package, question, type, value
    r"\b[\w.+\-]{1,40}[ \t]{1,4}[\w.+\-]{1,40}/[\w\-]{0,30}pass[\w\-]{0,20}[ \t]{1,4}password[ \t]{1,4}",
    # https://www.samba.org/samba/docs/current/man-html/smbclient.1.html: -U user%password
    r"\b(?:smbclient|rpcclient|net)[ \t](?:[^\n|;&]{0,120}[ \t])?-U[ \t]{0,4}['\"]?[^\s%'\"$]{1,64}%",
    # https://lftp.yar.ru/lftp-man.html: -u user,password
    r"\blftp[ \t](?:[^\n|&]{0,120}[ \t])?-u[ \t]{1,4}['\"]?[^\s,'\"$]{1,64},",
    # https://www.cisco.com/c/en/us/support/docs/security-vpn/remote-authentication-dial-user-service-radius/107614-64.html
    # ("0": plain text)
    r"(?m:^)[ \t]{0,4}(?:enable|username[ \t]{1,4}[\w.@\-]{1,64}(?:[ \t]{1,4}privilege[ \t]{1,4}\d{1,2})?)[ \t]{1,4}"
    r"(?:password|secret)[ \t]{1,4}(?:0[ \t]{1,4})?",
    r"\bsnmp-server[ \t]{1,4}community[ \t]{1,4}",
    r"\b(?:tacacs|radius)-server[ \t](?:[^\n]{0,80}[ \t])?key[ \t]{1,4}(?:0[ \t]{1,4})?",
    r"\bcrypto[ \t]{1,4}isakmp[ \t]{1,4}key[ \t]{1,4}(?:0[ \t]{1,4})?",
    # https://pykickstart.readthedocs.io/en/latest/kickstart-docs.html#rootpw
    r"(?m:^)rootpw[ \t]{1,4}(?:--plaintext[ \t]{1,4})?",
    # http://www.net-snmp.org/docs/man/snmpd.conf.html
    r"(?m:^)[ \t]*(?:rocommunity|rwcommunity)6?[ \t]{1,8}",
    r"(?m:^)[ \t]*createUser[ \t]{1,8}(?:-e[ \t]{1,4}\S{1,40}[ \t]{1,8})?\S{1,64}[ \t]{1,8}"
    r"(?:MD5|SHA(?:-?\d{3})?)[ \t]{1,8}",
    # https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
    r"(?:(?m:^)[ \t]*user|\bACL[ \t]{1,4}SETUSER)[ \t]{1,4}\S{1,64}[ \t]{1,4}(?:[^\s>]{1,40}[ \t]{1,4}){1,4}['\"]?>",
    # https://manpages.debian.org/wpa_passphrase
    r"\bwpa_passphrase[ \t]{1,4}(?:\"[^\"\n]{1,40}\"|'[^'\n]{1,40}'|[^\s\"'|;&]{1,40})[ \t]{1,4}",
    # https://docs.haproxy.org/3.0/configuration.html
    r"\binsecure-password[ \t]{1,4}",
    r"\bstats[ \t]{1,4}auth[ \t]{1,4}[^\s:]{1,64}:",
    # https://getcomposer.org/doc/articles/authentication-for-private-packages.md
    r"\bcomposer[ \t]{1,4}config[ \t](?:[^\n|;&]{0,40}[ \t])?http-basic\.\S{1,100}[ \t]{1,4}\S{1,64}[ \t]{1,4}",
    r"\bcomposer[ \t]{1,4}config[ \t](?:[^\n|;&]{0,40}[ \t])?(?:github-oauth|gitlab-token|bearer)\.\S{1,100}[ \t]{1,4}",
    # https://www.pulumi.com/docs/iac/cli/commands/pulumi_config_set/
    r"\bpulumi[ \t]{1,4}config[ \t]{1,4}set[ \t](?:[^\n|;&]{0,60}[ \t])?--secret[ \t]{1,4}[\w:.\[\]\-]{1,64}[ \t]{1,4}",
    # https://learn.microsoft.com/sql/tools/sqlpackage, https://github.com/FreeRDP/FreeRDP/wiki/CommandLineInterface
    r"\b(?:sqlpackage(?:\.exe)?[ \t](?:[^\n|;&]{0,120}[ \t])?/(?:tp|sp|(?:Target|Source)Password)"
    r"|[xws]l?freerdp3?[ \t](?:[^\n|;&]{0,120}[ \t])?/p):",
    # https://restic.readthedocs.io/en/stable/faq.html: the command is the password
    r"--password-command[ \t=]{1,4}['\"]?echo[ \t]{1,4}",
    # https://robotframework.org/SeleniumLibrary/SeleniumLibrary.html#Input%20Password
    r"\bInput[ ]Password(?:[ ]{2,20}|\t{1,4})\S{1,100}(?:[ ]{2,20}|\t{1,4})",
    # A shell's here-string, for commands that prompt for a secret.
    r"(?:\b(?:secret|login|kinit|passwd)|--password-stdin)\b[^\n|;&<]{0,80}<<<[ \t]{0,4}",
    r"\bnet[ \t]{1,4}user[ \t]{1,4}[\w.\-]{1,40}[ \t]{1,4}",
)
# With the required continuation, for `re` and for Hyperscan.
_FOLLOWED = (
    # https://developer.hashicorp.com/vault/docs/commands/login, .../operator/unseal,
    # https://doc.rust-lang.org/cargo/commands/cargo-login.html: without a digit they are words of a sentence
    (
        r"\b(?:(?:vault|bao)[ \t]{1,4}(?:login|(?:operator[ \t]{1,4})?unseal)[ \t]{1,4}(?:token=)?"
        r"|cargo[ \t]{1,4}login[ \t]{1,4})",
        r"['\"]?[^\s'\"`$<>|;&-][^\s'\"`$<>|;&]{0,60}\d",
        r"['\"]?[^\s'\"`$<>|;&-][^\s'\"`$<>|;&]*\d",
    ),
    # https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2012-r2-and-2012/gg651155(v=ws.11)
    (r"\bnet[ \t]{1,4}use[ \t](?:[^\n|;&]{0,100}[ \t])?/user:\S{1,64}[ \t]{1,4}", r"[^\s/*]", r"[^\s/*$\"'-]"),
    (
        r"\bnet[ \t]{1,4}use[ \t]{1,4}(?:[A-Za-z]:[ \t]{1,4})?\\\\\S{1,100}[ \t]{1,4}",
        r"[^\s/*]\S{0,80}[ \t]{1,4}/user:",
        r"[^\s/*$-]\S*[ \t]+/user:",
    ),
    # https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-USER.html: no quotes
    (
        r"\b(?i:user|to|role)[ \t]{1,4}[\w\".$#]{1,64}[ \t]{1,4}(?i:identified[ \t]{1,4}by)[ \t]{1,4}",
        r"[^\s;'\"$]{0,60}[\d!#%&*+=?^~]",
        r"[^\s;'\"$:<]*[\d!#%&*+=?^~]",
    ),
    # https://docs.strongswan.org/docs/latest/config/ipsecSecrets.html
    (r"(?:[\w.%@\-]{1,64}[ \t]{0,4})?:[ \t]{1,4}(?:PSK|EAP|XAUTH|NTLM)[ \t]{1,4}", r"\"", r"\"[^\s\"$]"),
    # Not a command, but of the same form: how proxies are sold.
    (
        r"\b\d{1,3}(?:\.\d{1,3}){3}:\d{2,5}:[A-Za-z][\w.\-]{0,40}:",
        r"(?:[^\s:@/\"'`,;<>{}$%\d]{1,40}\d|\d{1,40}[A-Za-z])",
        r"(?:[^\s:@/\"'`,;<>{}$%\d]+\d|\d+[A-Za-z])",
    ),
    # http://www.net-snmp.org/docs/man/snmpd.conf.html: the second of a user's two
    (r"[\w\"][ \t]{1,8}(?:AES(?:-?\d{3})?|DES)[ \t]{1,8}", r"\"", r"\"[^\s\"$]"),
    # https://www.zetetic.net/sqlcipher/sqlcipher-api/
    (r"\b(?i:pragma[ \t]{1,4}(?:re)?key)[ \t]{0,4}=[ \t]{0,4}", r"['\"]", r"['\"][^\s\"'$]"),
)
# In `--name cloud-mongo -p 27017:27017` mongo is not a command.
_STARTS = r"(?<![\w.\-])"
# A password with its resource: `user/password@database`, `user:password@host`.
_TOOL = r"[ \t](?:[^\n|;&]{0,80}[ \t])?['\"]?"
_LOGONS = (
    # https://docs.oracle.com/en/database/oracle/oracle-database/19/sqpug/starting-SQL-Plus.html
    rf"\b(?:sqlplus|sqlldr|expdp|impdp|rman[ \t]{{1,4}}target){_TOOL}[\w$#]{{1,64}}/",
    # https://github.com/fortra/impacket
    rf"\b(?:impacket-\w{{3,20}}|(?:(?:ps|wmi|smb|at|dcom)exec|secretsdump|mssqlclient|Get\w{{2,4}}Users?\w{{0,4}})\.py){_TOOL}"
    r"(?:[\w.\-]{1,40}/)?[\w.\-]{1,40}:",
)
_OPENS = r"[^\s/@'\"$]{1,60}@\w"
LOGON = rf"{_STARTS}(?:{'|'.join(_LOGONS)})(?={_OPENS})"
_CHPASSWD = r"(?:sudo[ \t]+)?chpasswd\b"
_STDIN = r"(?:sudo[ \t]+(?:-[a-z]+[ \t]+)*-S\b|[^|\n]{1,100}--password-stdin|kinit\b)"
# Tutorials pass `passwd` a name or a word; only other values count.
_ASKED = r"[\d!#%&*+=?^~][^|\n]{0,60}\|[ \t]*(?:sudo[ \t]+)?passwd\b"
WORDS = lazy_pattern(
    "sshpass|login|mysql|mariadb|curl|redis-cli|ldap|mongo|sqlcmd|bcp|zip|echo|openssl|cqlsh|mosquitto|ipmitool|htpasswd"
    r"|rabbitmqctl|npm|net (?:user|ads|rpc)|7z|sendemail|signtool|nmcli|nuget|passw[\w-]*[ \t]+password|smbclient"
    "|rootpw|rpcclient|lftp|-server |isakmp|username |enable |ssh-keygen|psexec|schtasks|net use|wpa_passphrase"
    r"|gh secret|insecure-password|stats auth|: (?:PSK|EAP|XAUTH|NTLM) |(?i:pragma|identified by) |\d:\d{2,5}:[A-Za-z]"
    r"|snmp|db2|rdesktop|crackmap|netexec|nxc|evil-winrm|doctl|rclone|unseal|composer|pulumi|sqlpackage|freerdp|<<<"
    r"|--password-command|Input Password|sqlplus|sqlldr|expdp|impdp|rman|impacket|(?:exec|dump|client|Get\w+)\.py"
    r"|machine |(?:AES|DES)[ \t\d-]+\"|twine|r[ow]community|createUser|SETUSER|\buser[ \t]+\S+[ \t]+(?:on|reset)\b"
)
COMMAND = (
    r"\bsshpass[ \t]{1,4}(?:-v[ \t]{1,4})?-p[ \t]{0,4}"
    rf"|{_LOGIN}{_ARGUMENTS}login{_ARGUMENTS}-p[ \t]{{1,4}}"
    rf"|{_MYSQL}{_ARGUMENTS}-p(?=['\"]?[^\s'\"])"
    rf"|\bcurl{_ARGUMENTS}(?:-u|--user|-U|--proxy-user)[ \t=]{{0,4}}['\"]?[^\s:'\"$]{{1,64}}:(?=[^\s'\"/])"
    + "".join(rf"|{_STARTS}{program}{_ARGUMENTS}{flag}[ \t]{{1,4}}" for program, flag in _SPACED)
    + rf"|\bopenssl{_ARGUMENTS}{_SOURCE}"
    + "".join(f"|{_STARTS}{each}" for each in (*_HTPASSWD, *_PLACED))
    + "".join(rf"|{each}(?={ahead})" for each, ahead, _ in _FOLLOWED)
    + r"|\becho[ \t]{1,4}(?:-[neE]{1,2}[ \t]{1,4})?['\"]?"
    rf"(?:[\w.$\-]{{1,40}}:(?=[^|\n]{{1,100}}\|[ \t]*{_CHPASSWD})|(?=[^|\n]{{1,100}}\|[ \t]*{_STDIN})"
    rf"|(?=[^|\n]{{0,40}}{_ASKED}))"
)


def _unbounded(pattern: str) -> str:
    """The pattern without upper bounds, which only `re` needs: in Hyperscan's database each count takes states."""
    return re.sub(r"\{([01]),\d+\}", lambda least: "*+"[int(least[1])], pattern)


_BETWEEN = r"[ \t](?:[^\n|;&]*[ \t])?"
_VALUE = r"['\"]?[^\s\"'$-]"
# What separates two words of a list, and a program from its flag there.
_NEXT = r"[\"'],\s*[rbf]?[\"']"
_LIST = r"[\"'],[^\]\)]*[\"']"
LONGEST_LIST = 60
_PARTING = lazy_pattern(r"[\s|;&'\"]")
_COMMAND = lazy_pattern(COMMAND)


def password_in(words: Sequence[str | None]) -> dict[int, int]:
    """Where the words of a command contain a password: the word's index, and the password's start in it.

    `words` are None where they are computed.
    """
    first = words[0] if words else None
    if first is None or not WORDS.search(" ".join(word for word in words[:3] if word)):
        return {}
    starts, line = [], ""
    for word in words[:LONGEST_LIST]:
        starts.append(len(line))
        line += (_PARTING.sub("_", word) if word else "$") + " "
    found: dict[int, int] = {}
    for command in _COMMAND.finditer(line):
        at = max(index for index, start in enumerate(starts) if start <= command.end())
        if command.end() < len(line) - 1:
            found[at] = command.end() - starts[at]
    return found


def expressions() -> tuple[bytes, ...]:
    """The expressions for Hyperscan (flag CASELESS), from which the database is made."""
    return tuple(
        each.encode()
        for each in (
            r"\bsshpass[ \t]+(?:-v[ \t]+)?-p[ \t]*['\"]?[^\s\"'$]",
            rf"{_LOGIN}[ \t][^\n|;&]*login{_BETWEEN}(?-i:-p)[ \t]+{_VALUE}",
            rf"{_MYSQL}{_BETWEEN}(?-i:-p)['\"]?[^\s\"'$]",
            rf"\bcurl{_BETWEEN}(?:-u|--user|--proxy-user)[ \t=]*['\"]?[^\s:'\"$]{{1,64}}:[^\s'\"/$]",
            *(rf"{program}{_BETWEEN}(?-i:{flag})[ \t]+{_VALUE}" for program, flag in _SPACED),
            *(rf"{each}{_VALUE}" for each in _HTPASSWD),
            *(rf"{_unbounded(each)}{_VALUE}" for each in _PLACED[:-1]),
            rf"{_PLACED[-1]}{_VALUE}[^\n|;&]*/add",
            *(_unbounded(each) + tail for each, _, tail in _FOLLOWED),
            *(_unbounded(each + _OPENS) for each in _LOGONS),
            rf"\becho[ \t]+[^|\n]*\|[ \t]*(?:{_CHPASSWD}|(?-i:{_STDIN}))",
            rf"\becho[ \t]+[^|\n]*{_ASKED}",
            rf"\bsshpass{_LIST}-p(?:{_NEXT})?[^\s\"'$]",
            rf"{_LOGIN}{_LIST}login{_LIST}(?-i:-p){_NEXT}[^\s\"'$]",
            rf"{_MYSQL}{_LIST}(?-i:-p)[^\s\"'$]",
            rf"\bcurl{_LIST}(?:-u|--user|--proxy-user){_NEXT}[^\s:'\"$]{{1,64}}:[^\s'\"/$]",
            *(rf"{program}{_LIST}(?-i:{flag}){_NEXT}[^\s\"'$]" for program, flag in _SPACED),
            rf"\bopenssl{_LIST}pass:[^\s\"'$]",
            rf"\bhtpasswd{_NEXT}-[a-z]*b[a-z]*(?:{_NEXT}[^\s\"']+){{1,2}}{_NEXT}[^\s\"'$]",
            rf"\brabbitmqctl{_LIST}(?:add_user|change_password){_NEXT}[^\s\"']+{_NEXT}[^\s\"'$]",
            rf"\bnet{_NEXT}user{_NEXT}[\w.\-]+{_NEXT}[^\s\"'$/*]",
        )
    )
