"""Calls in languages without a parser here that take a credential by position: `new PDO(dsn, user, "x")`.

`PATTERNS` are for `re`, keyed by the name that they give to the argument; they end before the argument with its quotes.
`INSIDE` ends within the quotes of an encoded user and password. `expressions` are Hyperscan's (flag CASELESS) and end
within the argument.
"""

from __future__ import annotations

from rules.lazy_patterns import lazy_pattern

# Functions by the number of arguments before the credential.
_PASSWORDS = {
    # https://learn.microsoft.com/powershell/module/microsoft.powershell.security/convertto-securestring,
    # https://laravel.com/docs/hashing,
    # https://docs.oracle.com/javase/jndi/tutorial/ldap/security/auth.html,
    # https://docs.oracle.com/en/java/javase/21/docs/api/java.base/javax/crypto/spec/PBEKeySpec.html
    0: r"ConvertTo-SecureString(?:[ \t]+-String)?|Hash::make|SECURITY_CREDENTIALS,|PBEKeySpec"
    # https://javadoc.io/doc/redis.clients/jedis, https://github.com/phpredis/phpredis#auth,
    # https://docs.spring.io/spring-security/reference/features/authentication/password-storage.html,
    # https://www.php.net/password_hash, https://www.npmjs.com/package/bcrypt
    # https://github.com/openresty/lua-resty-redis#auth
    r"|red:auth"
    r"|PasswordProtection|password_hash|password_?encoder(?:\(\))?\.encode|password\(\w{0,30}\.encode"
    r"|bcrypt\w{0,20}(?:\.|::)(?:hash\w{0,4}|encode|create|password\.create)|\$?\w{0,20}redis\w{0,10}(?:\.|->|:)auth|jedis\.auth",
    # https://pkg.go.dev/net/http#Request.SetBasicAuth, https://square.github.io/okhttp/ (Credentials.basic),
    # https://learn.microsoft.com/dotnet/api/system.net.networkcredential, https://www.php.net/oci_connect,
    # https://docs.ruby-lang.org/en/master/Net/HTTPHeader.html#method-i-basic_auth,
    # https://neo4j.com/docs/javascript-manual/current/connect-advanced/ (auth.basic),
    # https://firebase.google.com/docs/auth/web/password-auth, https://httr.r-lib.org/reference/authenticate.html
    1: r"(?:sign_?in|create_?user)_?with_?email_?and_?password"
    r"|SetBasicAuth|basic_?auth|with_?Basic_?Auth|Credentials\.basic|auth\.basic|AuthTokens\.basic|NetworkCredential"
    r"|UsernamePassword(?:Credentials|Token|AuthenticationToken)|PasswordAuthentication|oci_p?connect"
    # https://learn.microsoft.com/dotnet/api/system.security.cryptography.x509certificates.x509certificate2,
    # https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.identity.usermanager-1.createasync,
    # https://docs.rs/lettre (Credentials), https://docs.arduino.cc/language-reference/en/functions/wifi/wifi/,
    # https://docs.guzzlephp.org and Symfony's and Buzz's `setAuth`
    r"|X509Certificate2|user_?manager\.CreateAsync|Credentials::new|WiFi\.(?:begin|softAP)|wifi\w{0,20}\.addAP|setAuth",
    # https://docs.oracle.com/en/java/javase/21/docs/api/java.sql/java/sql/DriverManager.html, https://www.php.net/pdo,
    # https://pkg.go.dev/net/smtp#PlainAuth, https://sequelize.org/api/v6/class/src/sequelize.js~sequelize,
    # https://metacpan.org/pod/DBI, https://mongodb.github.io/mongo-java-driver/ (MongoCredential)
    2: r"DriverManager\.getConnection|PDO|mysqli(?:_connect)?|mysql_p?connect|mssql_connect|odbc_p?connect|ftp_login"
    r"|ssh2_auth_password|imap_open|ldap_bind|smtp\.PlainAuth|Sequelize|DBI->connect"
    r"|create(?:ScramSha\w{1,6}|Plain)?Credential"
    # https://docs.djangoproject.com/en/stable/ref/contrib/auth/#manager-methods, https://pubsubclient.knolleary.net/api
    r"|create_(?:super)?user|mqtt\w{0,20}\.connect"
    # https://learn.microsoft.com/dotnet/api/system.directoryservices.directoryentry
    r"|DirectoryEntry",
    # https://dev.mysql.com/doc/c-api/en/mysql-real-connect.html
    3: r"mysql_real_connect",
}
_KEYS = {
    # https://pkg.go.dev/crypto/aes#NewCipher, https://pkg.go.dev/github.com/gorilla/sessions#NewCookieStore,
    # https://github.com/auth0/java-jwt (Algorithm.HMAC256), https://www.npmjs.com/package/cookie-parser,
    # https://api.rubyonrails.org/classes/ActiveSupport/MessageVerifier.html
    # https://pkg.go.dev/github.com/golang-jwt/jwt/v5#Token.SignedString
    0: r"require\(['\"]cookie-parser['\"]\)|SignedString|(?:En|De)codingKey::from_secret"
    r"|SecretKeySpec|SymmetricSecurityKey|Algorithm\.HMAC\d{3}|aes\.NewCipher|NewCookieStore|cookieParser"
    r"|HMACSHA\d{1,3}|MessageVerifier\.new|MessageEncryptor\.new",
    # https://www.npmjs.com/package/jsonwebtoken, https://github.com/jwtk/jjwt, https://nodejs.org/api/crypto.html,
    # https://pkg.go.dev/crypto/hmac#New, https://cryptojs.gitbook.io/docs/
    1: r"jwt\.(?:sign|verify|encode|decode)|JWT::(?:encode|decode)|signWith|createHmac|create(?:De|C)ipheriv|hmac\.New"
    r"|OpenSSL::HMAC\.(?:hex|base64)?digest|CryptoJS\.(?:AES|DES|TripleDES)\.(?:en|de)crypt|CryptoJS\.Hmac\w{1,8}",
    # https://www.php.net/hash_hmac, https://www.php.net/openssl_encrypt
    2: r"hash_hmac|openssl_(?:en|de)crypt",
}
# https://github.com/omniauth/omniauth#getting-started: `provider :github, "id", "secret"`
_REGISTERS = (
    r"(?:config\.omniauth|provider)[ \t(]{1,4}:\w{1,40},[ \t]{0,4}['\"][^'\"\n]{1,200}['\"],[ \t]{0,4}(?=['\"])"
)
# `btoa("user:password")`
_ENCODERS = r"btoa|base64_encode|Base64\.(?:strict_|urlsafe_)?encode(?:64)?"
_USER = r"\(\s{0,20}['\"`][^\s'\"`:${}]{1,64}:(?=[^\s'\"`$/])"

# https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/security/KeyStore.html, KeyManagerFactory: the text
# converted to characters there is the password.
_STORES = r"\w{0,30}(?:store|ks|kmf|factory)\.(?:load|getKey|init)"
_CHARACTERS = r"(?=\"[^\"\n]{1,100}\"\.toCharArray\(\))"

_LOGINS = {
    # https://docs.datastax.com/en/developer/java-driver/latest/manual/core/authentication/ (withCredentials)
    1: r"login|log_in|sign_?in|authenticate|(?:with_?)?(?:auth_?)?credentials",
    # https://pubsubclient.knolleary.net/api#connect
    2: r"client\.connect",
}
# https://docs.guzzlephp.org/en/stable/request-options.html#auth; AWS's SDK lists `aws.auth#sigv4` there
_GUZZLE = r"['\"]auth['\"][ \t]{0,4}=>[ \t]{0,4}\[[ \t]{0,4}['\"][^'\"\n#]{1,64}['\"],[ \t]{0,4}(?=['\"])"
# https://docs.stripe.com/api/authentication, https://www.twilio.com/docs/libraries,
# https://www.algolia.com/doc/libraries/javascript/
_API_KEYS = {
    0: r"new[ \t]{1,4}Stripe(?:Client)?|require\(['\"]stripe['\"]\)",
    1: r"algoliasearch|twilio|require\(['\"]twilio['\"]\)|TwilioClient\.Init|Twilio\.init|Twilio::REST::Client\.new",
}
# https://learn.microsoft.com/dotnet/api/azure.identity.clientsecretcredential, and its predecessor in ADAL
_CLIENT_SECRETS = {2: r"ClientSecretCredential", 1: r"new[ \t]{1,4}ClientCredential"}

_BY_PLACE = (_PASSWORDS, _LOGINS, _KEYS, _API_KEYS, _CLIENT_SECRETS)

_OWNER = r"(?<![\w$])(?:[\w$]{1,60}(?:\.|->|::?)){0,4}"
_ARGUMENT = (
    r"(?:(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}')(?:\.\w{1,20}\(\))?|\{[^{}\n]{0,200}\}|[^\s,;()\"']{1,80}(?:\([^()\n]{0,80}\))?)"
    r"\s{0,40},\s{0,40}"
)


def _pattern(functions: dict[int, str]) -> str:
    return "|".join(
        rf"{_OWNER}(?i:{names})[ \t]?[( \t]\s{{0,40}}(?:{_ARGUMENT}){{{before}}}" for before, names in functions.items()
    )


PATTERNS = {
    "password": _pattern(_PASSWORDS),
    "characters": rf"(?<![\w$])(?i:{_STORES})\(\s{{0,40}}{_ARGUMENT}{_CHARACTERS}",
    "login": rf"{_pattern(_LOGINS)}|{_GUZZLE}",
    "signing_key": _pattern(_KEYS),
    "client_secret": rf"{_REGISTERS}|{_pattern(_CLIENT_SECRETS)}",
    "api_key": _pattern(_API_KEYS),
}
INSIDE = rf"{_OWNER}(?i:{_ENCODERS}){_USER}"
# One of these, in lower case, is part of each of the names: a plain text search is fast.
_WORDS = tuple(
    "auth credential connect pdo mysqli ftp_login imap_open ldap_bind sequelize secretkeyspec symmetricsecuritykey hmac"
    " newcipher cookiestore cookieparser cookie-parser usernamepassword messageverifier messageencryptor jwt signwith"
    " cipheriv crypto openssl_ provider btoa base64 securestring hash::make pbekeyspec passwordprotection"
    " login sign_in signin create_user createuser signedstring redis jedis tochararray"
    " password_hash .encode bcrypt x509cert"
    " createasync from_secret wifi red: directoryentry stripe algolia twilio".split()
)


_NAMES = "|".join((*(name for functions in _BY_PLACE for name in functions.values()), _ENCODERS, _STORES))
_OPENED = lazy_pattern(rf"(?i)(?:{_NAMES})[ \t]?[( \t]|(?:omniauth|provider)[ \t(]+:|['\"]auth['\"][ \t]*=>[ \t]*\[")


def may_hold_call(text: str, low: int, high: int) -> bool:
    """Whether such a call may begin between two offsets: a quick check for a few words, then for all names."""
    window = text[low:high].lower()
    return any(word in window for word in _WORDS) and _OPENED.search(text, low, high) is not None


_ANY = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^,\n])*,\s*"
_INTO = r"(?:[\w.\[\]]*\()?[rbuf@]?[\"'`][^\s\"'`$]"


def expressions() -> tuple[bytes, ...]:
    """The expressions for Hyperscan (flag CASELESS), from which the database is made."""
    return tuple(
        each.encode()
        for each in (
            *(
                rf"\b(?:{names})[ \t]?[( \t]\s*{_ANY * before}{_INTO}"
                for functions in _BY_PLACE
                for before, names in functions.items()
            ),
            rf"{_STORES.removeprefix(chr(92) + 'w{0,30}')}\(\s*{_ANY}\"[^\s\"$][^\"\n]*\"\.toCharArray",
            r"['\"]auth['\"][ \t]*=>[ \t]*\[[ \t]*['\"][^'\"\n#]+['\"],[ \t]*['\"][^\s'\"$]",
            r"(?:\.omniauth|\bprovider)[ \t(]+:\w+,[ \t]*['\"][^'\"\n]+['\"],[ \t]*['\"][^\s'\"]",
            rf"\b(?:{_ENCODERS})\(\s*[\"'`][^\s'\"`:$]{{1,64}}:[^\s'\"`$/]",
        )
    )
