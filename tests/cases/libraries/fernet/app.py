import base64

KEY = b"<<a>>"
CIPHER = base64.urlsafe_b64decode(KEY)
FERNET_KEYS = [b"<<b>>", KEY]
