"""Word lists and rules that derive a value's name from calls, keywords and neighbouring texts, for Python and trees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rules.lazy_patterns import lazy_pattern

# https://docs.djangoproject.com/en/stable/ref/models/querysets/#update-or-create
_NO_OTHER = (None, "defaults")
_VALUE = frozenset(("value", "Value"))
# Entries that say what the entry `value` beside them is called.
_RECORD_NAMES = ("name", "key", "setting", "variable", "option")
# What wraps a value without changing what it is: the name outside is the name inside.
WRAPPERS = frozenset(
    (
        "SecretStr SecretBytes Secret Field field str bytes bytearray quote quote_plus b64decode b64encode"
        " urlsafe_b64decode urlsafe_b64encode fromhex unhexlify dedent Option Argument Query Header Form Body Param"
        " CharField StringField default_factory cast lazy StringIO BytesIO mark_safe ib attrib Column"
        " Variable frozenset tuple list memoryview a2b_base64 a2b_hex standard_b64decode b32decode b16decode"
        " decodebytes"
    ).split()
)
# How a wrapper is given its value where that comes first: `Field(alias="...")` is given none.
_FIRST = (None, "default_factory", "factory")
# What takes one of some values, or keeps them: they are called as it is.
GATHERING = frozenset(("choice", "choices", "cycle", "deque", "iter", "sample", "set", "sorted"))
# Calls that take a name first and its value second.
_NAMED_SECOND = frozenset(
    (
        "get getenv setdefault setenv putenv set add add_header putheader pop config env str setattr set_cookie define"
        " set_header add_argument option set_option set_password header string url get_env environ DEFINE_string"
        " fill type"
    ).split()
)
_SHORT = 3
_LOGGING_IN = frozenset(
    (
        "login log_in signin sign_in authenticate sign_in_with_email_and_password create_user_with_email_and_password"
    ).split()
)
# https://docs.djangoproject.com/en/stable/ref/contrib/auth/#manager-methods
_CREATING_USERS = frozenset("create_user create_superuser".split())
_GIVEN = lazy_pattern(
    r"(?i)(?:set|check|make|change|reset|verify|hash|use|with)_?(password|passwd|passphrase)(?:_hash)?"
    r"|(?:set|add|use|with)_?((?:auth_?|access_?|api_?)?token|api_?key)|generate_(password)_hash"
)
_WITH_DIGIT = lazy_pattern(r"\d")
_ASKING = frozenset("input raw_input getpass text_input prompt ask askstring".split())
# Calls that send a program or a device what it has asked for.
SENDING = frozenset("sendline send write sendall".split())
_ASKED = lazy_pattern(r"(?i)(?:expect|read_until|wait_for)\w*\([^\n]*assw(?:or)?d[^\n]*\n[^\S\n]*\Z")
_ADMINISTRATORS = frozenset("root admin administrator sa postgres sysdba".split())
# Typed into the field that a call before names: `find_element("name", "password").send_keys("...")`.
TYPING = frozenset("send_keys fill type".split())
_NAMING_VERBS = frozenset("set put add store save update patch".split())
_ACCOUNTS = lazy_pattern(r"(?i)(?:.*_)?(?:users?|accounts?)")
# What somebody made up: letters with digits or marks, no blank, no address.
_MADE_UP = lazy_pattern(
    r"(?=.*[^\W\d_])(?=.*[\d!#$%&*+=?^~])[^\s@/]{6,40}|(?=.*[A-Za-z])(?=.*\d)(?!.*@[\w-]+\.[a-z])[^\s/]{8,40}"
)
_PLAINLY = lazy_pattern(r"(?i)(?:.*_)?(?:passw(?:or)?d|passphrase|pwd|pw|secret|token|api_?key)")
_LOGINS = lazy_pattern(r"(?i)(?:.*_)?(?:auth|logins?|creds?|credentials?)")
# What a field of a form holds: `password.get()` of Tk, `.text()` of Qt.
READING = frozenset(("get", "text", "value"))
_FIELD = lazy_pattern(r"(?i)_?(?:entry|input|field|box|(?:line_?)?edit|text|widget|var)_?\d{0,2}\Z")
# Classes that hide what they are given, a project's own too; the value is a secret under any name.
HIDING = frozenset("Secret SecretStr SecretBytes SecretString SecretValue".split())
_TELLING = lazy_pattern(r"(?i)pass|pwd|pw\b|secret|token|key|salt|cred|pin\b|dsn|ur[il]")
# Calls that compare two values: each is called by the other.
COMPARING = frozenset(("compare_digest", "constant_time_compare", "safe_str_cmp"))
# Calls that take a query and the values for its places.
EXECUTING = frozenset(("execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchone", "fetchall", "raw"))
_FLAG = lazy_pattern(r"--([A-Za-z][\w.\-]{1,80})")
# `default_var` is Airflow's: https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/variables.html
NAMED_DEFAULTS = frozenset(("default", "default_var", "value", "envvar_default", "fallback", "const", "flag_value"))
# Parsers' tokens take their own text (pyparsing, lark, parsimonious, `typing.Literal`), others the name of a thing.
_NAMING = frozenset(
    (
        "Literal CaselessLiteral Keyword CaselessKeyword Word Regex Regexp RegExp Char CharsNotIn Terminal NonTerminal"
        " Nonterminal Symbol Suppress Pattern Lexeme Production Rule Match StrMatch RegExMatch Punctuation Operator"
        # Django's expressions take a field's name: https://docs.djangoproject.com/en/stable/ref/models/expressions/
        " Column Sum Avg Count Max Min StdDev Variance F OuterRef Lower Upper Length Trim Prefetch"
    ).split()
)
# An object or a section, a name in it, and the value: `parser.set("db", "password", "...")`.
NAMED_THIRD = frozenset(("setattr", "__setattr__", "getattr", "set", "setitem"))
# https://docs.python.org/3/library/functools.html#functools.partial, asyncio.to_thread: they call their first argument
# with the others.
CALLING = frozenset(("partial", "partialmethod", "to_thread"))
METHOD_WRAPPERS = frozenset(
    "encode decode strip lower upper format rstrip lstrip replace get_secret_value getvalue".split()
)
# Of what is asked for by name how many arguments there are where the last one is given if there is none.
_FALLBACKS = {"get": 2, "pop": 2, "getenv": 2, "getattr": 3}
# https://docs.python.org/3/library/configparser.html#configparser.ConfigParser.get takes a section and an option.
_PARSERS = lazy_pattern(r"(?i)(?:.*_)?(?:config|conf|cfg|cp|ini|(?:config_?)?parser|airflow)(?:_?\d+)?|.*ConfigParser")
_SCHEME = lazy_pattern(r"(?i)(?:bearer |basic |token |apikey |bot )?")


def telling(targets: Iterable[str | None]) -> str | None:
    """The most telling of several names: the first one, or the longest if the first says nothing.

    `A = SECRET_KEY = "..."` is a SECRET_KEY.
    """
    names = [name for name in targets if name]
    return max(names, key=len) if names and len(names[0]) <= _SHORT else next(iter(names), None)


def called_as(leaf: str, owner: str | None) -> str:
    """The name of a call, given its own name and its object's: `env.str("NAME", "...")` is like `env("NAME", "...")`.

    https://django-environ.readthedocs.io/en/latest/quickstart.html, https://pypi.org/project/environs/
    """
    return owner if owner == "env" and leaf in WRAPPERS else leaf


def passes_name(leaf: str, count: int, number: int, keyword: str | None) -> bool:
    """Whether an argument takes the name of its call: of a wrapper, or a class's only argument.

    `count` is the number of arguments, `number` the argument's own index.
    """
    if leaf in WRAPPERS:
        own = 1 if leaf == "cast" else 0  # `typing.cast(str, "...")`
        return (number == own and keyword in _FIRST and leaf not in _NAMING) or keyword in NAMED_DEFAULTS
    return count == 1 and keyword is None and leaf[:1].isupper() and not leaf.isupper() and leaf not in _NAMING


def falls_back_on(leaf: str, count: int) -> int | None:
    """The index of a look-up's default: `getattr(settings, "pin", "...")`; None if it has none."""
    return count - 1 if _FALLBACKS.get(leaf) == count else None


def has_sections(name: str | None) -> bool:
    """Whether an object or class of that name may be a parser whose options are in sections."""
    return _PARSERS.fullmatch(name or "") is not None


def is_one_place(template: str, place: str) -> bool:
    """Whether a template is one placeholder with at most a header's scheme before it: `f"Bearer {token}"`."""
    return template.endswith(place) and _SCHEME.fullmatch(template, 0, len(template) - len(place)) is not None


def held_by(field: str | None) -> str | None:
    """What a form field holds, by the field's name: a `password_entry` holds a password."""
    return _FIELD.sub("", field) or field if field else None


def hidden_by(leaf: str, count: int, keyword: str | None, outer: str | None) -> str | None:
    """The name for the only argument of a secret-hiding class, if `outer` says nothing: `SIGNING = Secret("...")`."""
    hides = leaf in HIDING and count == 1 and keyword is None
    return "secret" if hides and not _TELLING.search(outer or "") else None


def is_made_up(text: str | None) -> bool:
    """Whether a string can be a credential that a person invented, in a loop: `for password in ["...", "..."]`."""
    return _MADE_UP.fullmatch(text or "") is not None


def takes_name_first(leaf: str) -> bool:
    """Whether a call is a setter, `set_option("name", value)`; a getter's second argument can be anything."""
    return leaf in _NAMED_SECOND or leaf.partition("_")[0] in _NAMING_VERBS


def holds_value(first: str, number: int, keyword: str | None) -> bool:
    """Whether an argument after a name is its value: the second one; after `-k, --api-key` only the default."""
    return keyword in NAMED_DEFAULTS or (number == 1 and keyword in _NO_OTHER and not first.startswith("-"))


def is_record(keys: Iterable[str | None]) -> bool:
    """Whether one of these keys is `value`, so that another entry may name it."""
    return not _VALUE.isdisjoint(keys)


def recorded(keyword: str | None, others: Iterable[tuple[str | None, str | None]]) -> str | None:
    """The name of a record's value, from the texts of its other entries: `name="smtp_key", value="..."`."""
    if not is_record((keyword,)):
        return None
    named = {name.lower(): text for name, text in others if name and text}
    return next((named[key] for key in _RECORD_NAMES if key in named), None)


def holds_login(name: str | None, second: str | None, *, listed: bool = True) -> bool:
    """Whether a pair of that name, or in a list of that name, is a login: `creds = ("admin", "...")`.

    Lists of users and accounts contain other things, too: there the second element must look like a password, and the
    pair be `listed` with others; `users=["user-1", "user-2"]` are two users.
    """
    if not name:
        return False
    if _LOGINS.fullmatch(name):
        return True
    several = name[-1] in "sS" and not listed
    return not several and _ACCOUNTS.fullmatch(name) is not None and _MADE_UP.fullmatch(second or "") is not None


def instead_of(name: str | None, before: str | None) -> str | None:
    """The name for what follows `or`: the assigned name, or the replaced value's name if only that is telling."""
    before = (before or "").rstrip(" :>")  # `input("Password: ") or "..."`
    return before if _PLAINLY.fullmatch(before) and not _TELLING.search(name or "") else name


def is_listing(name: str) -> bool:
    """Whether a list of that name contains users, accounts or logins."""
    return _ACCOUNTS.fullmatch(name) is not None or _LOGINS.fullmatch(name) is not None


def given_to(leaf: str, number: int, count: int, value: str | None) -> str | None:
    """The name of an argument by its position and the function's name: the last one of `set_password`."""
    if leaf in _LOGGING_IN or leaf in _CREATING_USERS:
        # `login("Sign in", "main")` draws a form.
        at = 1 if leaf in _LOGGING_IN else 2
        return "password" if number == at and _MADE_UP.fullmatch(value or "") else None
    found = _GIVEN.fullmatch(leaf) if number == count - 1 else None
    # `page.addToken(7, "SrcMsgId")` is about words of a language.
    if found is not None and found[2] and not _WITH_DIGIT.search(value or ""):
        return None
    return next(filter(None, found.groups()), "").lower() if found else None


def follows_login(before: str | None, value: str | None) -> bool:
    """Whether the argument after an administrator's name is a password: `connect("db", "root", "...")`.

    `("admin", "0001_initial")` is a migration.
    """
    made_up = _MADE_UP.fullmatch(value or "") is not None and (value or "")[0].isalpha()
    return made_up and (before or "").lower() in _ADMINISTRATORS


def may_answer(value: str | None) -> bool:
    """Whether a sent text could be a password and nothing else."""
    return value is not None and 4 <= len(value) <= 40 and len(value.split()) == 1


def is_asked(text: str, start: int) -> bool:
    """Whether the line before an offset waits for a password prompt: `child.expect("Password:")`."""
    return _ASKED.search(text, max(0, start - 300), start) is not None


def asks_for(leaf: str) -> bool:
    """Whether a call prompts with its first argument: `input("Password: ")`."""
    return leaf in _ASKING


def flag_of(text: str | None) -> str | None:
    """The name of the option in a command's element: the value of `"--password"` follows it.

    Two dashes only: after one dash the rest may itself be a password (`mysql -pSECRET`), and names are shown in
    reports.
    """
    found = _FLAG.fullmatch(text) if text else None
    return found[1] if found else None


def longest_option(texts: Iterable[str | None]) -> str | None:
    """The longest option string, without dashes, among the first arguments of `add_argument` or `option`."""
    named = [text.lstrip("-") for text in texts if text and text.startswith("-")]
    return max(named, key=len) if named else None


_PERCENT = lazy_pattern(r"%(?:%|(?:\((?P<field>\w{1,80})\))?[-#0 +]*(?:\d+)?(?:\.\d+)?[srd])")
_BRACES = lazy_pattern(r"\{\{|\}\}|\{(?P<field>\d{0,3}|[A-Za-z_]\w{0,80})(?:![rsa])?(?::[^{}]*)?\}")
_USERINFO = lazy_pattern(r"://[^\s/@]*:\Z")
_BEARER = lazy_pattern(r"(?i)\bbearer \Z")
_NAMED_PLACE = lazy_pattern(r"([A-Za-z][\w\-]{1,80})[\"']?\s?[=:]\s?[\"']?\Z")


def template_names(text: str, *, percent: bool) -> Mapping[int | str, str]:
    """Names of a template's placeholders by position: in `"postgres://%s:%s@%s"` placeholder 1 is a password.

    `percent` is for the `%` operator, else for `str.format`. A named placeholder is listed under its name instead of
    its position, and left out if its own name is as telling (`{pwd}`) or the text around it says nothing.
    """
    found: dict[int | str, str] = {}
    at = 0
    for place in (_PERCENT if percent else _BRACES).finditer(text):
        if place[0] in ("%%", "{{", "}}"):
            continue
        field = place["field"] or ""
        if _TELLING.search(field):
            continue
        number = int(field) if field.isdecimal() else field or at
        at += not field
        before = text[max(0, place.start() - 200) : place.start()]
        named = _NAMED_PLACE.search(before)
        if text.startswith("@", place.end()) and _USERINFO.search(before):
            found[number] = "password"
        elif named is not None and not _USERINFO.search(before):
            found[number] = named[1]
        elif _BEARER.search(before):
            found[number] = "bearer_token"
    return found
