class Config:
    password: str = "<<pw>>"
