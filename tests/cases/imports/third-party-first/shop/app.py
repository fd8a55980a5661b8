import os

import click

from shop.names import NAME

password = "<<pw>>"
result = os.sep, click.__name__, NAME
