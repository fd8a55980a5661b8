from flask import Flask


class Config:
    SECRET_KEY = "<<a>>"
    SQLALCHEMY_DATABASE_URI = "postgresql://shop:<<b>>@db/orders"


app = Flask(__name__)
app.config.from_object(Config)
app.config.from_mapping(SECRET_KEY="<<c>>", MAIL_PASSWORD="<<d>>")
app.config["JWT_SECRET_KEY"] = "<<e>>"
app.config.update({"SESSION_SECRET": "<<f>>"}, MAIL_USERNAME="x")
app.secret_key = "<<g>>"
