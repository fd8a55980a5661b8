from flask import Flask


def create_app():
    app = Flask(__name__)
    app.config.from_mapping(SECRET_KEY="<<k>>", DATABASE="shop.sqlite")
    return app
