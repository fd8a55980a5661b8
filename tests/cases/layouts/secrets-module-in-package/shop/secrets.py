"""Our secrets."""
import secrets as _std  # absolute: the standard library's

token = "<<tok>>"
password = "<<pw>>"
nonce = len(_std.token_hex(4))
