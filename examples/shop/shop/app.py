"""The web application."""

import hmac

from flask import Flask, abort, request

from shop import catalogue, orders, settings


def create_app() -> Flask:
    """Make the application."""
    app = Flask("shop")
    app.config["SECRET_KEY"] = settings.SECRET_KEY
    app.config["SESSION_COOKIE_NAME"] = settings.SESSION_COOKIE_NAME

    @app.get("/")
    def front():
        return {"products": catalogue.PRODUCTS}

    @app.post("/orders")
    def order():
        return orders.place(request.get_json()), 201

    @app.post("/webhook")
    def webhook():
        given = request.headers.get("X-Signature", "")
        if not hmac.compare_digest(given, orders.signature(request.get_data())):
            abort(403)
        return "", 204

    return app
