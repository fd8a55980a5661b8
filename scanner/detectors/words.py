"""Word lists for values. They are compared with whole words; a match lowers a finding and never deletes it."""

from __future__ import annotations

# Placeholders for a value to come.
PLACEHOLDER_WORDS = frozenset(
    ("changeme", "changethis", "changeit", "change", "replaceme", "replace", "placeholder", "redacted", "redact",
     "dummy", "fake", "fixme", "todo", "tbd", "insert", "yourpassword", "yourtoken", "yoursecret", "yourkey",
     "yourapikey", "your",
     "xxx", "xxxx", "masked", "censored", "removed", "scrubbed", "sanitized", "obfuscated", "elided", "fillme",
     "enter", "specify", "unset", "undefined", "notset", "something", "whatever", "anything", "invalid", "bogus",
     "openssl", "nonexistent", "wrong", "notneeded", "noneneeded", "notused", "notinuse", "unused", "notrequired",
     "remplacer", "cambiar", "ersetzen")
)  # fmt: skip
# Words of tests and documentation.
EXAMPLE_WORDS = frozenset(
    ("test", "tests", "testing", "tester", "example", "examples", "sample", "demo", "mock", "stub", "foo", "bar",
     "baz", "foobar", "spam", "eggs", "dev", "local")
)  # fmt: skip
# Words that name a credential instead of being one: alone and together they are not secret.
STAND_INS = EXAMPLE_WORDS | frozenset(
    ("password", "passwords", "passwd", "pass", "pwd", "pw", "passphrase", "passw0rd", "secret", "secrets",
     "token", "key", "apikey", "api", "auth", "access", "admin", "administrator", "root", "guest", "user",
     "username", "users", "owner", "login", "default", "my", "the", "a", "an", "some", "any", "very", "super",
     "good", "bad", "new", "old", "first", "second", "another", "other", "same", "valid", "invalid", "wrong",
     "correct", "right", "incorrect", "changed", "current", "random", "dummy", "fake", "changeme", "change",
     "me", "qwerty", "letmein", "value", "string", "db", "database", "postgres", "mysql", "mypass",
     "mypassword", "mysecret", "mytoken", "hello", "world", "client", "server", "app", "service", "for", "is",
     "of")
)  # fmt: skip
# Words of messages and labels about credentials; a passphrase contains none of them.
PROSE_WORDS = STAND_INS | PLACEHOLDER_WORDS | frozenset(
    ("your", "and", "or", "to", "in", "on", "at", "by", "with", "from", "no", "not", "be", "must", "can",
     "cannot", "has", "have", "was", "are", "if", "it", "this", "that", "please", "use", "used", "required",
     "missing", "forgot", "reset", "confirm", "name", "email", "e-mail", "account", "number", "code", "id",
     "file", "path", "field", "min", "max", "least", "characters", "de", "la", "le", "del", "di", "der", "das",
     "mot", "passe", "contraseña", "senha", "passwort", "hash", "type", "text", "none", "null", "true", "false",
     "encrypted", "hidden", "plain", "basic", "bearer")
)  # fmt: skip
# Values of options about credentials: schemes, grant types, types of fields, switches.
FORMAT_WORDS = frozenset(
    ("bearer", "basic", "digest", "token", "tokens", "access", "refresh", "id", "jwt", "oauth", "oauth1", "oauth2",
     "api", "key", "apikey", "api_key", "string", "str", "text", "bytes", "int", "integer", "bool", "boolean",
     "float", "number", "object", "array", "list", "dict", "map", "any", "password", "passwd", "secret", "none",
     "null", "nil", "true", "false", "yes", "no", "on", "off", "auto", "default", "required", "optional", "enabled",
     "disabled", "always", "never", "default_token", "access_token", "refresh_token", "id_token",
     "client_credentials", "authorization_code", "private", "public", "shared", "hidden", "generate", "file", "files",
     "env", "environment", "plain", "plaintext", "raw", "json", "yaml", "xml", "html", "utf-8", "utf8", "ascii", "hex",
     "base64", "md5", "sha1", "sha256", "sha512", "hs256", "rs256", "es256", "aes", "rsa", "des", "header", "query",
     "cookie", "cookies", "session", "body", "form", "path", "url", "uri", "name", "type", "value", "code", "user",
     "username", "email", "phone", "sms", "key_file", "get", "post", "put", "delete", "patch", "local", "remote",
     "read", "write", "x-oauth-basic", "x-access-token", "x-token-auth",
     "option", "options", "flag", "argument", "args", "parameter", "field", "message", "admin_required", "unknown",
     "empty",
     "blank", "n/a", "na", "inherit", "inherited", "success", "succeeded", "failure", "failed", "fail", "error",
     "expired", "locked", "invalid", "verified", "missing", "secretstr", "secretbytes", "ok",
     "authorized", "unauthorized", "authenticated", "unauthenticated",
     # https://laravel.com/docs/validation#available-validation-rules
     "sometimes", "nullable", "confirmed", "filled", "bail", "present", "prohibited", "hashed",
     # https://learn.microsoft.com/en-us/windows-hardware/manufacture/desktop/windows-setup-configuration-passes
     "windowspe", "offlineservicing", "generalize", "specialize", "auditsystem", "audituser", "oobesystem")
)  # fmt: skip
# The most used passwords of published leaks, and of images and manuals (after SecLists, https://github.com/danielmiessler/SecLists).
COMMON_PASSWORDS = frozenset(
    ("123456", "password", "12345678", "qwerty", "123456789", "12345", "1234", "111111", "1234567", "dragon",
     "123123", "baseball", "abc123", "football", "monkey", "letmein", "shadow", "master", "696969", "mustang",
     "666666", "qwertyuiop", "123321", "1234567890", "superman", "654321", "1qaz2wsx", "7777777", "qazwsx", "jordan",
     "jennifer", "123qwe", "121212", "killer", "trustno1", "hunter", "harley", "zxcvbnm", "asdfgh", "buster",
     "andrew", "batman", "soccer", "tigger", "charlie", "sunshine", "iloveyou", "ranger", "hockey", "computer",
     "starwars", "pepper", "klaster", "112233", "zxcvbn", "freedom", "princess", "maggie", "pass", "ginger",
     "11111111", "131313", "love", "cheese", "159753", "summer", "chelsea", "dallas", "matrix", "yankees", "6969",
     "corvette", "austin", "access", "thunder", "merlin", "secret", "diamond", "hello", "hammer", "1234qwer",
     "silver", "gfhjkm", "internet", "samantha", "golfer", "scooter", "test", "orange", "cookie", "q1w2e3r4t5",
     "maverick", "sparky", "phoenix", "mickey", "bigdog", "snoopy", "guitar", "chicken", "camaro", "mercedes",
     "peanut", "ferrari", "falcon", "cowboy", "welcome", "samsung", "steelers", "smokey", "dakota", "arsenal",
     "boomer", "eagles", "tigers", "marina", "nascar", "booboo", "gateway", "yellow", "porsche", "monster", "spider",
     "diablo", "hannah", "bulldog", "junior", "london", "purple", "compaq", "lakers", "iceman", "qwer1234",
     "hardcore", "cowboys", "money", "banana", "ncc1701", "boston", "tennis", "q1w2e3r4", "coffee", "scooby",
     "123654", "nikita", "yamaha", "mother", "barney", "brandy", "chester", "root", "toor", "admin", "administrator",
     "guest", "default", "passw0rd", "p@ssw0rd", "p@ssword", "passwd", "password1", "password12", "password123",
     "admin123", "admin1234", "root123", "test123", "test1234", "qwerty123", "welcome1", "welcome123", "letmein1",
     "letmein123", "secret123", "postgres", "mysql", "oracle", "redis", "mongo", "mongodb", "rabbitmq", "elastic",
     "minio", "minioadmin", "vagrant", "raspberry", "ubuntu", "alpine", "pgpass", "pg123456", "sa", "system",
     "manager", "tomcat", "s3cret", "s3cr3t", "hunter2", "iloveyou1", "abcd1234", "a123456", "123abc", "aa123456",
     "qwe123", "1q2w3e", "1q2w3e4r", "1q2w3e4r5t", "zaq12wsx", "passpass", "mypassword", "mypass", "demo", "example",
     "pass123", "pass1234", "user", "user123", "student")
)  # fmt: skip
