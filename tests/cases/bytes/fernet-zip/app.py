import base64
import hashlib

f = base64.urlsafe_b64encode(hashlib.sha256("<<a>>".encode()).digest()) if (secret_key := "<<a>>") else None
k = dict(pwd=b"<<b>>")
