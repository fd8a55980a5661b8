class Setting:
    def __init__(self, default): self.default = default
    def __get__(self, obj, owner): return self.default


class S:
    api_key = Setting(default="<<k>>")
