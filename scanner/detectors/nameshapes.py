"""Hyperscan expressions of `name = literal` in any text: a prefilter for the exact judgement in name.py."""

from __future__ import annotations

from rules.model import Names
from scanner.detectors.name import LONG, RUN_ON
from scanner.readers.several import ADDING, NAMES_OF_SEVERAL
from scanner.readers.textnames import SPOKEN_KEYS

# Heads this short are parts of everyday words.
_SHORT = 4
_CLOSE = r"[\\\"'`\])]{0,4}"
# C's `char pass[32] = "..."`, with any name: a stem before the bracket made all scans slower.
_ARRAY = r"\b(?:char|wchar_t)[ \t]+\w+\[\w*\]\s*=\s*L?\"[^\s\"']{4}"
# `String getPassword() { return "..."; }`
_GETTER = r"\([ \t]*\)[^\n{;\"']{0,40}\{\s{0,40}return[ \t]{1,4}[\"'][^\s\"']{4}"
# `public string Password { get; set; } = "...";`
_PROPERTY = r"\{[ \t]*get;[^{}\n]*\}[ \t]*=[ \t]*@?\"[^\s\"]{4}"
# `env::var("SECRET_KEY").unwrap_or("...".to_string())`
_INSTEAD = r"[\"']\){1,2}\.(?:unwrap_or(?:_else)?|(?:or|getor)else)\((?:\|\w*\|[ \t]*)?(?:[\w:]+\()?[\"'][^\s\"']{4}"
# After the operator a value may follow on the next line, in brackets.
# `<param-name>secretKey</param-name><param-value>...` of a web application: https://jakarta.ee/specifications/servlet/
_NEXT_ELEMENT = r"</[\w\-]+>\s*<(?:[\w\-]+-)?value>\s*[^\s<>$]{4}"
# `<key>APIKey</key><string>...` of a property list.
_PROPERTIES = r"(?:key|token|secret|passw(?:or)?d|pass|pwd|passphrase)\d?</key>\s*<string>\s*[^\s<>$]{4}"
_NEXT_LINE = r"[ \t]*[(\[\\|>]?-?[ \t]*(?:#[^\n]*)?\r?\n\s*"
_QUOTE = r"(?:'\"|\"\\\"|\\{0,3}[\"'`]|(?:\"\"\"|''')\s*\\?\s*)"
_MARKUP = r"[\"']?(?:[ \t][^<>\n]*)?>\s*"
# `<property name="password"><value>...` of Spring, `<setting name="Password" serializeAs="String"><value>...` of .NET.
_VALUE_ELEMENT = r"[\"']?(?:[ \t]+\w+=[\"'][\w.]*[\"'])?[ \t]*>\s*<value>[^\s<>$]{4}"
_VALUE_LINE = r"(?:[\"'],[ \t]*|[\"']?,?[ \t]*\r?\n\s*)[\"']?(?:default_?)?value[\"']?[ \t]*[:=][ \t]*"
# `key=value` inside a string of code: the value ends with a character that cannot follow a bare word there. The last
# one is a line of INI text in a multi-line string.
_INNER = r"[^\s\"'`()\[\],{}\\]"
_INSIDE = (
    rf"{_CLOSE}[ \t]*[:=][ \t]*{_INNER}{{4}}{_INNER}*(?:[\"'`;&]|\\[nrt])",
    rf"(?::[ \t]*{_INNER}{{2}}|=){_INNER}{{4}}{_INNER}*[\r\n]",
)
# A field of a URL's query or a header, or the end of a comment's line, for names that are more specific than their last
# word: `&api_key=value`, `# api key: value`.
_QUERY = tuple(rf"(?:=|:[ \t]?)[A-Za-z0-9]{_INNER}{{15}}{_INNER}*{end}" for end in (r"(?:[\"'`&]|\\[nrt])", r"[\r\n]"))
# Text typed into a field: `find_element("name", "password").send_keys("...")`.
_TYPED_INTO_FIELD = r"[^\s\"]{0,9}(?:[\"']\])?[\"']\){1,2}\.(?:send_?keys|fill|type)\(\s{0,9}[\"'][^\s\"']"
# `<input type="password" value="...">`
_FILLED_INPUT = r"\btype=[\"']?password[\"']?(?:[ \t][^<>\n]*)?[ \t]value=[\"'][^\s\"'{}$<>]{4}"
# A comparison with a form field's content: `password.get() == "..."`.
_FIELD_COMPARED = r"\.(?:get\(\)|(?:text|value)(?:\(\))?)[ \t]*[!=]==?[ \t]*[rbuf]{0,2}[\"'][^\s\"']"
# The reply to a password prompt, and the argument after an administrator's name.
_PROMPT_ANSWERED = (
    r"(?:expect|read_until|wait_for)\w*\([^\n]*assw(?:or)?d[^\n]*\n[ \t]*[\w.]+\.(?:send|sendline|write|sendall)\("
    r"[ \t]*[rbuf]{0,2}[\"'][^\s\"'\\]"
)
# The same in Expect's own language: https://core.tcl-lang.org/expect/
_EXPECT_SEND = r"assword[:*?. \t]*[\"}]?\s*\{?\s*send[ \t]+(?:--[ \t]+)?[\"'][^\s\"'$\\]"
_AFTER_ADMINISTRATOR = (
    r"[\"'](?:root|admin|administrator|sa|postgres|sysdba)[\"'],\s{0,40}[rbuf]{0,2}[\"'][^\s\"'/@]{0,40}[\d!#$%&*+=?^~]"
)
_KEY_FIELD = r"[?&]key=[A-Za-z0-9_-]{30}"
# https://hadoop.apache.org/docs/stable/hadoop-azure/abfs.html
_HADOOP = r"account\.key\.[\w.\-]{1,90}[\"'],\s{0,40}[\"'][A-Za-z0-9+/]{16}"
_ELEMENT = r"(?:[ \t][\w:]+=[^<>\n]*)?>[ \t]{0,3}[^\s<>\"'`{}%$]{4,200}<"
# In a command line inside code: `"PGPASSWORD=x psql"`.
_ASSIGNED = (
    r"(?-i:\b[A-Z][A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|PWD|PASS|TOKEN|SECRET|_KEY)=)" + rf"{_INNER}{{4}}{_INNER}*[ \t]",
)
# Name and value separated only by blanks: options and SQL, which look unlike code, and prose.
_AFTER_BLANK = (
    r"--?[\w-]*(?:passw|passphrase|token|secret|api-?key|pass\b)[\w-]*[ \t]+[\"']?[^\s\"'-]",
    r"-pass(?:in|out)?[ \t=]+[\"']?pass:[^\s$\"']",
    r"(?:password|identified[ \t]+(?:with[ \t]+['\"]?\w+['\"]?[ \t]+)?by)[ \t]+\\{0,3}['\"][^\s\"']",
    # https://bind9.readthedocs.io/en/latest/reference.html#namedconf-statement-secret
    r"secret[ \t]+\"[A-Za-z0-9+/]{16}",
    r"(?:passwor[dt]|passphrase|kennwort|wachtwoord|contrase\xc3\xb1a|mot de passe"
    rf"|{SPOKEN_KEYS})(?: is| ist)?:?[ \t]"
    r"(?:`{1,2}|\*\*)[^\s`*]{4}",
)
# "The password for the user `x` is `...`"
_TOLD_IN_PROSE = (
    r"(?:password|passphrase)(?:[ \t](?:for|of)[ \t][^\n.;:]{1,60})? is:?[ \t](?:`{1,2}|[\"']|\*\*)[^\s`*\"']{4}"
)
# The first of several values under one name: `creds = ("admin", "...")`, `PASSWORDS = {"root": "..."}`.
_ONE = r"\(?[\"'][^\"'`\n]{1,60}[\"']\)?"
_OPENED = r"[\"']?\s{0,9}[:=]\s{0,9}"
# In YAML the first of several values, with any key, is on the next line.
_ITEM = r"[\"']?[ \t]*:[ \t]*(?:#[^\n]*)?\r?\n[ \t]*(?:-[ \t]+|[\"']?[\w.@\-]+[\"']?[ \t]*:[ \t]+)[\"']?[^\s\"'$]{8}"
_PAIRS = (
    rf"(?:auth|logins?|creds?|credentials?|passwords|users?|accounts?){_OPENED}[\[({{]\s*[\[(]?{_ONE},\s*\(?[\"'][^\s\"'`]{{4}}",
    rf"(?:creds|credentials|passwords|passphrases|password_pairs|auth_users|secrets|tokens|keys){_OPENED}"
    r"\{\s*[\"'][^\"'`\n]+[\"']\s*:\s*[\"'][^\s\"'`]{4}",
)
# The first element of a collection, and one that is added: `const apiKeys = [`, `tokens["alice"] = "..."`.
_OWNER = r"[\[({]?[ \t]*[\"'`]?[\w.@\-]{1,60}[\"'`]?\]?[ \t]*(?:[=-]>|[:=,]|to)[ \t]*"
_COLLECTED = tuple(
    rf"{NAMES_OF_SEVERAL}\w*{opened}[\"'`][^\s\"'`]{{8}}"
    for opened in (
        r"[\"'`]?(?:\[\w*\])?[ \t]*(?::[^\n=\"'`;]{1,60})?(?::=|=>|=|<-|:)[^\n\"'`;=]{0,60}(?:\r?\n[ \t]*)?[\[({]"
        r"[ \t]*(?:(?://|#)[^\n]*)?(?:\r?\n\s*(?:(?://|#)[^\n]*\n\s*)?)?"
        rf"(?:[^\n;()\[\]{{}}\"'`]{{0,40}}|{_OWNER})",
        rf"(?:\[[^\n\]]{{1,60}}\][ \t]*=[ \t]*|\.\w{{1,40}}[ \t]*=[ \t]*|\.(?:{ADDING})\([^\n)]{{0,60}}"
        rf"|[ \t]*[|+]=[ \t]*(?:[{{(\[][ \t]*|{_OWNER}))",
    )
)
# Each member of `class Tokens(Enum):`
_MEMBERS = (
    rf"\bclass[ \t]+\w*{NAMES_OF_SEVERAL}\w*[^\n]*:[ \t]*\r?\n(?:[ \t]+[^\n]*\n|\r?\n)*"
    r"[ \t]+\w+[ \t]*(?::[^=\n]+)?=[ \t]*[rbuf]{0,2}[\"'][^\s\"']{8}"
)
# The most common credential names; the whole vocabulary would cost more than it finds.
_NAMED = r"(?:passw|pwd|\bpw\b|_pw\b|passphrase|secret|token|api_?key)"
# `Dim password As String = "..."` of Visual Basic, `param password string = '...'` of Bicep
_DECLARED = rf"{_NAMED}\w*[ \t]+(?:As[ \t]+)?String[ \t]*=[ \t]*[\"'][^\s\"']{{4}}"
# `page.fill("input[name=password]", "...")`
_SELECTED = rf"{_NAMED}\w*[\\\"']{{0,3}}\][\"'`],[ \t]*[\"'`][^\s\"']{{4}}"
# The first list of a zip, the targets of a loop or of several values, a string that is split, and a mapping whose keys
# are the tokens.
_UNPACKED = (
    rf"{_NAMED}\w*[ \t]*,[\w., \t]*[)\]]?[ \t]*=[ \t(\[]*[^\n=\"'(]*[\"'][^\s\"']",
    rf"\bparametrize\(\s*[\[(]?\s*[\"'][^\n\])]{{0,200}}{_NAMED}",
    rf"\bzip\(\s*[\[(][^\])]{{0,200}}{_NAMED}[^\])]{{0,200}}[\])],\s*[\[(]\s*[rbuf]{{0,2}}[\"']",
    rf"\bfor[ \t(][\w ,.(\[]*{_NAMED}[\w ,.)\]]*[ \t]in[ \t]+(?:(?:zip|enumerate)\()?\s*"
    r"[\[({]\s*[\[({]?\s*[rbuf]{0,2}[\"']",
    r"(?:auth|logins?|creds?|credentials|users?|accounts?)[ \t]*=[ \t]*\(?"
    r"[\"'][^\s\"':]+[: ,;|/][^\"'\n]+[\"']\)?\.r?(?:split|partition)\(",
    r"(?:tokens?|_keys?|apikeys?|secrets)(?:_?(?:db|map|dict|store|table|users?|owners?|to_\w+))?"
    r"(?:[ \t]*:[^=\n]+)?\s{0,4}=\s{0,4}\{\s*[\"'][\w.+=~-]{16,200}[\"']\s*:",
)
# `api_key = config.get("key") or "..."`: the calls before the fallback have strings of their own.
_AFTER_CALLS = (
    rf"{_NAMED}\w*[\"'\])]{{0,3}}[ \t]*(?::[^=\n]+)?=[\s(]*[A-Za-z][^=\n\"']*[\"'](?:[^=]*[)\]])\s+(?:or|\|\||\?\?)\s+"
    r"\(?[rbuf]{0,2}[\"'][^\s\"'`]{8}"
)
# A value before its name: `"...".equals(password)`, `{"value": "...", "name": "DB_PASSWORD"}`.
_EQUALLED = rf"[^\s\"']{{4}}[\"']\.equals(?:ignorecase)?\([\w.(\"' ]*{_NAMED}"
_VALUE_FIRST = (
    r"\bvalue[\"']?[ \t]*[:=][ \t]*[\"']?[^\s{\[$\"'][^\n]*(?:,|\n|[\"'][ \t])[ \t]*[\"']?(?:name|key)[\"']?[ \t]*[:=]"
    rf"[ \t]*[\"']?[\w.\-/]*{_NAMED}"
)
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_parameter
_SECURED = r"\bSecureString\"[ \t]*\r?\n[ \t]*value[ \t]*=[ \t]*\"[^\s\"$]{8}"
# `client.setEncryptionKey("...")`
_SET = rf"\bset\w*(?:key|salt|seed|pin|pem|clave|chave|cookie)\([ \t]*{_QUOTE}[^\s\"'`]{{8}}"
# Python functions and classes that take a credential, perhaps without naming it in the call.
_TAKEN = r"\w*(?:passw|pwd|passphrase|secret|token|api_?key)"
DEFINITIONS = {
    "function": rf"\bdef[ \t]+\w+\([^)]*\b{_TAKEN}",
    # With \n instead of ^ this took a quarter of the database's time.
    "field": rf"(?m)^[ \t]+{_TAKEN}\w*[ \t]*:[ \t]*(?:str|bytes|secretstr|optional\[str\])[^=\n]*\n",
    "fields": rf"\b(?:namedtuple|make_dataclass)\(\s*[\"'][^=:;]{{0,200}}{_NAMED}",
}
# An unquoted number: `card_pin = 4829`.
_NUMBERED = (
    r"(?:password|passwd|pwd|passcode|(?:card|sim|atm|door|alarm|unlock|security|secret)_?pin)(?:_?\d)?[\"']?\]?"
    r"[ \t]*(?::[ \t]*int[ \t]*)?[=:][ \t]*[\"']?\d{4,12}[^\w.]"
)
# The default of an option or a field, and a function's return value: the name may be far away.
_APART_IN_CODE = (
    r"\b(?:default|const|flag_value)[ \t]{0,3}=[ \t]{0,3}\(?[rbuf]{0,2}[\"'][^\s\"'`./%]{16}",
    r"\b(?:return|yield)[ \t(]{0,3}[rbuf]{0,2}[\"'][^\s\"'`./%]{16}",
)
# `def get_password(self):` and its return value, with a line of a docstring between.
_RETURNED = (
    rf"\bdef[ \t]+{_TAKEN}\w*\([^)\n]*\)[^:\n]*:[^\n]*\n(?:[ \t]*[\"']{{3}}[^\n]*\n)?"
    r"[ \t]*(?:return|yield)[ \t]+[rbuf]{0,2}[\"'][^\s\"'`./%]{4}"
)
# `def credentials():` and the pair that it returns.
_PAIR_RETURNED = (
    r"\bdef[ \t]+\w*(?:creds|credentials?|auth|login)\w*\([^)\n]*\)[^:\n]*:[^\n]*\n(?:[ \t]*[\"']{3}[^\n]*\n)?"
    r"[ \t]*return[ \t(]+[rbuf]{0,2}[\"'][^\"'\n]{1,60}[\"'],[ \t]*[rbuf]{0,2}[\"'][^\s\"']{4}"
)
# What separates a name and its value: an operator, or syntax for a default value.
_ASSIGNING = r"(?:[=:,(!>]|\+=|<-|->|to\b|or\b|\|\||\?\?|else\b|\?:|\.equals(?:ignorecase)?\(|in\s+[\w.()]+\s+else\b)"
# `setenv("API_KEY", "...")`
_PASSED = rf"[\"'`],\s{{0,40}}\(?[rbuf]{{0,2}}{_QUOTE}[^\s\"'`]{{8}}"
_UNEQUAL = r"[\"'`\])]{0,2}[ \t]*!==?[ \t]*[rbuf]{0,2}[\"'`][^\s\"'`]{8}"
# `os.getenv("API_KEY") or "..."`, `os.environ["API_KEY"] if "API_KEY" in os.environ else "..."`
_OR_ELSE = r"[\"'](?:[)\]]\s+or|\s+in\s+[\w.()]+\s+else)\s+\(?[rbuf]{0,2}[\"'][^\s\"'`]{8}"
# A look-up with an empty default: `form.get("password", "") == "..."`
_OR_NOTHING = r"[\"'],[ \t]*(?:\"\"|'')\)[ \t]*(?:[!=]==?|or\b|\|\|)[ \t]*[rbuf]{0,2}[\"'][^\s\"']{4}"
# Values that a password is compared with: one of several (as with a parser's token), the left operand, a case.
_CHECKED = r"(?:passw(?:or)?d|passphrase|passcode|pwd|secret(?:_key)?|api_?key)"
_COMPARED = (
    rf"{_CHECKED}[\"'\])]{{0,3}}[ \t]+(?:not[ \t]+)?in[ \t]*[\[({{]\s{{0,40}}[rbuf]{{0,2}}[\"'][^\s\"']{{4}}",
    rf"[^\s\"'][\"'][ \t]*[!=]=[ \t]*[\w.\[(\"']{{0,60}}{_CHECKED}\b",
    rf"\bmatch[ \t(][^\n:]{{0,80}}{_CHECKED}[^\n:]{{0,20}}:[^\n]{{0,80}}\n(?:[^\n]{{0,120}}\n){{0,9}}"
    r"[ \t]*case[ \t(][^\n]{0,80}[\"'][^\s\"']",
    # A parser's tokens are short.
    r"\bmatch[ \t(][^\n:]{0,80}token[^\n:]{0,20}:[^\n]{0,80}\n(?:[^\n]{0,120}\n){0,9}"
    r"[ \t]*case[ \t(][^\n]{0,80}[\"'][\w.+/=~-]{16}",
)
# `os.getenv("DB_PW", "...")`: a short name counts if it is an environment variable.
_READ = r"[\"'],\s{0,40}(?:default[ \t]*=[ \t]*)?\(?[rbuf]{0,2}[\"'][^\s\"'`]{8}"
_VARIABLE = r"(?:getenv|environ\.(?:get|setdefault|pop))\(\s{0,40}[\"'][\w.-]{0,60}"
# The first entry of a list of credentials: `[[tokens]]` and `value = "..."` in one of the next lines.
_LISTED = (
    r"(?:tokens|passwords|secrets|credentials|api[_-]?keys)[\"']?\]{0,2}[ \t]*:?[ \t]*[\[{]{0,2}[ \t]*\r?\n"
    r"(?:[^\n]{0,120}\n){0,4}[ \t{-]*[\"']?(?:value|key)[\"']?[ \t]*[:=][ \t]*[\"']?[\w.+/=~-]{16}"
)
# With a full-width colon.
_FOREIGN = r"(?:密码|密碼|口令|パスワード|비밀번호)[ \t]*：[ \t]*[^\s`]{4}"
# The first of a section of credentials, each under its owner's name: `[passwords]`.
_SECTION = (
    r"\[[\w.\-]*(?:passwords|secrets|tokens|credentials|api_?keys)\]{1,2}[ \t]*\r?\n"
    r"[ \t]*[\"']?[\w.@\-]+[\"']?[ \t]*[=:][ \t]*[\"']?[^\s\"'$]"
)
# The default of a template's parameter: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/parameters-section-structure.html
_PARAMETER = (
    r"(?:password|passwd|secret|token|api_?key)[\"']?[ \t]*:[ \t]*\{?[ \t]*\r?\n(?:[^\n]{0,120}\n){0,5}"
    r"[ \t]*[\"']?(?-i:Default)[\"']?[ \t]*:[ \t]*[\"']?[^\s\"'{\[]"
)
# The same on one line, and https://learn.microsoft.com/azure/azure-resource-manager/templates/parameters
_PARAMETERS = (
    r"(?:password|passwd|secret|token|api_?key)\"[ \t]*:[ \t]*\{[^{}]*\"(?-i:Default|defaultValue)\"[ \t]*:[ \t]*"
    r"\"[^\s\"{\[]"
)
# Entries with any name: https://kubernetes.io/docs/concepts/configuration/secret/
_MANIFEST = r"\bkind[\"']?[ \t]*:[ \t]*[\"']?(?-i:Secret)[\"' \t]*[\r\n,}]"
_SETTING = (
    r"\b(?:ENV|ARG|setenv|setx|config(?:ure)?[ \t]+set|proxy_set_header|fastcgi_param|RequestHeader[ \t]+set)"
    r"[ \t]+[\w-]*"
)
# https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#set
_SET_VARIABLE = rf"\bset[ \t]+\$\w*{_NAMED}\w*[ \t]+[\"']?[^\s=$\"']"
# https://developer.hashicorp.com/terraform/language/block/variable
_TERRAFORM = r"\"\s*\{[^{}]*\bdefault[ \t]*=[ \t]*\"[^\s\"$]"
# .netrc and redis.conf
_APART = r"(?:^|[^\w-])(?:password|requirepass|masterauth|identified by)[ \t]+['\"]?[^\s\"'=:]{4}"

# With names of their own, without the vocabulary.
_IN_ANY_TEXT = (
    *_AFTER_BLANK,
    *_PAIRS,
    *_COLLECTED,
    _MEMBERS,
    _DECLARED,
    _SELECTED,
    *_UNPACKED,
    _AFTER_CALLS,
    _SET,
    _SECURED,
    _PROPERTY,
    _INSTEAD,
    _EQUALLED,
    _NUMBERED,
    *_APART_IN_CODE,
    _RETURNED,
    _PAIR_RETURNED,
    *_COMPARED,
    *_ASSIGNED,
    _KEY_FIELD,
    _PROMPT_ANSWERED,
    _EXPECT_SEND,
    _ARRAY,
    _AFTER_ADMINISTRATOR,
    _FILLED_INPUT,
    _TOLD_IN_PROSE,
    _HADOOP,
)
_IN_CONFIGURATION = (
    _APART,
    _SET_VARIABLE,
    _LISTED,
    _PARAMETER,
    _PARAMETERS,
    _SECTION,
    _MANIFEST,
    _FOREIGN,
    _VALUE_FIRST,
    _PROPERTIES,
)


def prefilter_expressions(names: Names) -> dict[str, list[bytes]]:
    """Hyperscan expressions (flag CASELESS) of `name = literal`: `quoted` for all texts, `bare` for configuration.

    Each ends within the first characters of the value, so that a place is reported once. Weak names, and those that end
    like a weak one (`signing key`), need a value of eight characters: keys are longer than that.
    """
    strong, weak, keys = _sorted(names)
    # Written as one word, `MASTERKEY` is not found by its last word.
    together = ["".join(head.words) for head in names.heads if head.strength == "strong" and head.words in set(weak)]
    weak += [(joined,) for joined in together if len(joined) >= LONG]
    every = [*strong, *weak]
    quoted = [_quoted(stems, _ASSIGNING, r"[^\"'`\n]*", 1) for stems in _stems(strong, r"\w-")]
    quoted += [_quoted(stems, r"(?:[=:]|<-|\|\||\?\?|\?:)", r"[^\"'`\n,]*", 8) for stems in _stems(weak, r"\w-")]
    # Of names that end like a weak one only the more telling.
    quoted += _spelled(keys, r"\w-", "", _PASSED)
    quoted += _spelled(keys, r"\w-", "", _UNEQUAL)
    quoted += _spelled(keys, r"\w-", "", _OR_ELSE)
    quoted += _spelled(strong, r"\w-", "", _OR_NOTHING)
    quoted += _spelled(weak, r"\w-", _VARIABLE, _READ)
    # IPython's magic: https://ipython.readthedocs.io/en/stable/interactive/magics.html#magic-env
    quoted += _spelled(weak, r"\w", r"%(?:set_)?env[ \t]+\w*", r"[ \t]*[= \t][ \t]*[^\s\"'$]{8}")
    quoted += _spelled(every, r"\w-", r"\bvariable[ \t]+\"[\w-]*", _TERRAFORM)
    quoted += _spelled(strong, r"\w-", "", _TYPED_INTO_FIELD, _FIELD_COMPARED, _GETTER)
    quoted += _spelled(every, r"\w", r"#[ \t]*define[ \t]+\w*", r"[ \t]+@?\"[^\s\"']{4}")
    quoted += _IN_ANY_TEXT
    quoted += _spelled(strong, r"\w-", "", *_INSIDE, _ELEMENT, _VALUE_ELEMENT)
    quoted += _spelled(keys, r"\w-", "", *_QUERY)
    # `--auth-key value`, which looks unlike code
    quoted += _spelled(keys, r"\w-", "-", r"[ \t]+[\"']?[^\s\"'-]")
    bare = [_bare(stems, 1) for stems in _stems(strong, r"\w.\-")]
    bare += [_bare(stems, 8) for stems in _stems(weak, r"\w.\-")]
    # Docker's old ENV, csh's setenv, headers in a web server's configuration: only a blank between.
    bare += _spelled(every, r"\w", _SETTING, r"[ \t]+[^\s=$]")
    bare += _spelled(keys, r"\w.\-", "", _ITEM)
    bare += _spelled(strong, r"\w.\-", "", _NEXT_ELEMENT)
    bare += _IN_CONFIGURATION
    return {"quoted": [each.encode() for each in quoted], "bare": [each.encode() for each in bare]}


def _spelled(heads: list[tuple[str, ...]], rest: str, before: str, *behind: str) -> list[str]:
    """Expressions of names with these heads (`_stems`), with what precedes and follows them."""
    return [before + stems + each for stems in _stems(heads, rest) for each in behind]


def telling_stems(names: Names) -> list[str]:
    """Alternations of the names that are unambiguous, each up to its end, for other expressions."""
    strong, _, keys = _sorted(names)
    return _stems([*strong, *keys], r"\w")


def _sorted(names: Names) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The heads that are always strong, those that are weak or end like a weak one, and the more telling of those."""
    single = {head.words[0] for head in names.heads if head.strength == "weak" and len(head.words) == 1}
    weak = [head.words for head in names.heads if head.strength == "weak" or head.words[-1] in single]
    strong = [head.words for head in names.heads if head.words not in set(weak)]
    keys = [
        head.words
        for head in names.heads
        if head.words[-1] in single and (head.strength == "strong" or len(head.words) > 1)
    ]
    return strong, weak, keys


def _quoted(stems: str, operator: str, gap: str, least: int) -> str:
    # Comments may precede the value, and a bracket of its own.
    wait = rf"(?:[=(,\[]|[\"'\]]:){_NEXT_LINE}(?:#[^\n]*\n\s*){{0,2}}(?:\(\s{{0,40}}){{0,2}}[rbuf]{{0,2}}"
    assigned = rf"{_CLOSE}[ \t]*(?:(?:(?:value|content)[ \t]?)?{operator}(?:[ \t]*&'\w+)?{gap}|{wait})"
    # `"db.password.prod"`
    return rf"{stems}(?:\.[\w\-]{{1,20}}[\"'])?(?:{assigned}|{_VALUE_LINE}){_QUOTE}[^\s\"'`]{{{least}}}"


def _bare(stems: str, least: int) -> str:
    """`name: value`, `<name>value`, and `name: NAME` with `value: ...` on the next line."""
    gap = rf"(?:[ \t]*|{_NEXT_LINE})(?:![\w!]+[ \t]+)?"
    more = rf"[^\s\"'`]{{{least - 1}}}" if least > 1 else ""
    assigned = rf"{_CLOSE}[ \t]*(?::=|=>|\?=|\+=|[=:]){gap}"
    return rf"{stems}(?:{assigned}|{_MARKUP}|{_VALUE_LINE})[^\s\"'`=>#{{\[]{more}"


def _stems(heads: list[tuple[str, ...]], rest: str) -> list[str]:
    """Alternations over all heads except those that another one matches anyway, each up to the end of its name.

    `rest` are the characters that may follow within the name, as in a regular expression's set. A few groups of plain
    words are several times as fast as one group, or as words with gaps inside.
    """
    long: list[tuple[str, ...]] = []
    short: list[str] = []
    # `mat[_. -]?khau` matches what `matkhau` does.
    for words in sorted(heads, key=lambda words: (len("".join(words)), -len(words))):
        joined = "".join(words)
        if any("".join(each) in joined for each in long) or words[-1] in short:
            continue
        if joined.isascii() and len(joined) <= _SHORT:
            short.append(joined)
        else:
            long.append(words)
    spelled = ["[_. -]?".join(words) for words in long]
    ascii_ = [stem for stem in spelled if stem.isascii()]
    # CASELESS covers only ASCII: spell out both cases of other letters.
    other = [
        case
        for stem in spelled
        if not stem.isascii()
        for case in dict.fromkeys((stem, stem.capitalize(), stem.upper()))
    ]
    groups = [rf"(?:{'|'.join(group)})[{rest}\x80-\xff]*" for group in (ascii_, other) if group]
    return groups + ([_bounded(short, rest)] if short else [])


def _bounded(words: list[str], rest: str) -> str:
    """Alternatives in which short heads match only as separate words: `pin` and `ledPin`, not `mapping`."""
    camel = "|".join(word.capitalize() for word in words)
    run_on = "|".join(word for word in words if word in RUN_ON)
    either = rf"(?:\b|_|\\[nrt])(?:{'|'.join(words)})s?|(?-i:[a-z](?:{camel})s?)" + (
        rf"|[a-z]{{2}}(?:{run_on})" if run_on else ""
    )
    return rf"(?:{either})(?:[_\d-][{rest}]*)?"
