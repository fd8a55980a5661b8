class Settings(dict):
    __getattr__ = dict.__getitem__


settings = Settings(password="<<a>>", token="<<b>>", host="x")
settings.secret_key = "<<d>>"
