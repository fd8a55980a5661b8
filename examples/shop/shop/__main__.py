"""Starts the shop: `python -m shop`."""

from dotenv import load_dotenv

load_dotenv()

from shop.app import create_app  # noqa: E402 - the settings read what load_dotenv sets

create_app().run(port=8000)
