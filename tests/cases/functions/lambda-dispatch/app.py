H = {"x": lambda: (lambda password: password)(password="<<a>>"), "api_key": lambda: "<<b>>"}
H["x"] = (lambda f=H["x"], secret_key="<<c>>": (secret_key, H["api_key"]()))
