class C:
    @classmethod
    def api_key(cls): return "<<c>>"

    @staticmethod
    def secret_key(): return "<<d>>"

    @property
    def db_password(self):
        """Doc."""
        return "<<e>>"
