class Base:
    SECRET_KEY = None


class Production(Base):
    SECRET_KEY = "<<k>>"
    MAIL_PASSWORD = "<<m>>"
