class C:
    def get_secret_value(self): return "own"
    def m(self, quote="q"):
        url = "postgresql://u:<<a>>%40<<b>>@h/d"
        return url, quote, self.get_secret_value()
