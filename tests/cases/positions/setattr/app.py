class Config:
    pass


setattr(Config, "token", "<<k>>")
