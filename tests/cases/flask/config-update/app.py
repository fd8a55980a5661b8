from flask import Flask

app = Flask(__name__)
app.config.update(SECRET_KEY="<<k>>", MAIL_SERVER="mail.internal", MAIL_PASSWORD="<<m>>")
