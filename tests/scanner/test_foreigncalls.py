"""Credentials that a call of another language takes by their place."""

from __future__ import annotations

import random
import string

import pytest

from rules.load import load_rules
from scanner import engine, session
from scanner.model import Confidence
from scanner.source import Settings, Source

VALUE = "".join(random.Random(20261126).choices(string.ascii_letters + string.digits, k=24))


def found(path: str, text: str) -> list[tuple[str, str]]:
    """Kind and text of the findings, from medium on."""
    source = Source(path=path, raw=text.encode())
    result = engine.scan([source], engine.Setup(session.load_prefilter(), load_rules, lambda: Settings(key=bytes(32))))
    return [
        (each.kind.value, text[each.span.start : each.span.end])
        for each in result.findings
        if each.suppressed is None and each.confidence is not Confidence.LOW
    ]


HARMLESS = (
    ("db.php", "$pdo = new PDO($dsn, $user, $password);"),
    ("db.php", "$db = new mysqli('db.internal', 'shop', getenv('DB_PASSWORD'), 'shop');"),
    ("db.php", "$db = new mysqli('db.internal', 'shop');"),
    ("Db.java", 'Connection c = DriverManager.getConnection(url, "shop", System.getenv("DB_PASSWORD"));'),
    ("main.go", 'req.SetBasicAuth("shop", os.Getenv("PASSWORD"))'),
    ("main.go", "mac := hmac.New(sha256.New, []byte(os.Getenv(`KEY`)))"),
    ("app.js", "jwt.sign({ id: user.id }, process.env.JWT_SECRET, { expiresIn: '1h' });"),
    ("app.js", "const digest = crypto.createHmac('sha256', key).update('order').digest('hex');"),
    ("app.js", "jwt.verify(token, 'secret', { algorithms: ['HS256'] });"),
    ("app.js", "const header = 'Basic ' + btoa(`${user}:${password}`);"),
    ("app.js", "const image = btoa('https://shop.internal/');"),
    ("Startup.cs", 'var cred = new NetworkCredential("shop", configuration["Mail"]);'),
    ("devise.rb", "config.omniauth :github, ENV['GITHUB_ID'], ENV['GITHUB_SECRET'], scope: 'user:email'"),
    ("app.js", "provider.connect('orders', 'created', 'handler');"),
)


@pytest.mark.parametrize(("path", "line"), HARMLESS, ids=[line for _, line in HARMLESS])
def test_a_call_that_is_given_no_literal_gives_nothing_away(path: str, line: str) -> None:
    assert found(path, f"{line}\n") == []


GIVING = (
    ("password", "db.php", "$pdo = new PDO('pgsql:host=db.internal;dbname=shop', 'shop', '{}');"),
    ("password", "db.php", "$db = new mysqli($host, 'shop', '{}', 'shop');"),
    ("password", "db.php", '$db = mysql_connect("db.internal", "root", "{}");'),
    ("password", "db.php", "ftp_login($connection, 'shop', '{}');"),
    ("password", "Db.java", 'Connection c = DriverManager.getConnection("jdbc:postgresql://db/shop", "shop", "{}");'),
    ("password", "Mail.java", 'return new PasswordAuthentication("shop", "{}");'),
    ("password", "main.go", 'req.SetBasicAuth("shop", "{}")'),
    ("password", "main.go", 'auth := smtp.PlainAuth("", "shop@internal.io", "{}", "smtp.internal.io")'),
    ("password", "Api.kt", 'val header = Credentials.basic("shop", "{}")'),
    ("password", "Startup.cs", 'var credential = new NetworkCredential("shop", "{}");'),
    ("password", "api.rb", "request.basic_auth 'shop', '{}'"),
    ("password", "api.rb", "request.basic_auth('shop', '{}')"),
    ("password", "app.js", "const driver = neo4j.driver(uri, neo4j.auth.basic('neo4j', '{}'));"),
    ("password", "app.js", "const header = 'Basic ' + btoa('shop:{}');"),
    ("password", "api.php", "$header = 'Authorization: Basic ' . base64_encode('shop:{}');"),
    ("signing-key", "app.js", "jwt.sign({{ id: user.id }}, '{}', {{ expiresIn: '1h' }});"),
    ("signing-key", "app.js", "const digest = crypto.createHmac('sha256', '{}').update(body).digest('hex');"),
    ("signing-key", "app.js", "const plain = CryptoJS.AES.decrypt(cipher, '{}');"),
    ("signing-key", "main.go", 'mac := hmac.New(sha256.New, []byte("{}"))'),
    ("signing-key", "main.go", 'var store = sessions.NewCookieStore([]byte("{}"))'),
    ("signing-key", "Crypt.java", 'SecretKeySpec spec = new SecretKeySpec("{}".getBytes(), "AES");'),
    ("signing-key", "Tokens.java", 'return Jwts.builder().signWith(SignatureAlgorithm.HS512, "{}").compact();'),
    ("signing-key", "Startup.cs", 'var signing = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("{}"));'),
    ("signing-key", "sign.php", "$signature = hash_hmac('sha256', $body, '{}');"),
    ("secret", "devise.rb", "config.omniauth :github, '0123456789abcdef0123', '{}', scope: 'user:email'"),
    ("secret", "auth.rb", "provider :google_oauth2, 'shop.apps.internal', '{}'"),
)


@pytest.mark.parametrize(("kind", "path", "line"), GIVING, ids=[line for *_, line in GIVING])
def test_a_literal_where_a_call_takes_its_credential_is_one(kind: str, path: str, line: str) -> None:
    assert found(path, line.format(VALUE) + "\n") == [(kind, VALUE)]
