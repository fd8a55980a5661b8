class Config:
    DEBUG = False
    SECRET_KEY = "<<k>>"
