class Config:
    pass


x = getattr(Config, "token", "<<k>>")
