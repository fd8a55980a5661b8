class Config:
    pass


config = Config()
config.password = "<<pw>>"
