import hashlib
import hmac

a = hmac.new(b"<<k>>", b"msg", hashlib.sha256).hexdigest()
b = hmac.new("<<j>>".encode(), msg=b"m", digestmod="sha256").hexdigest()
