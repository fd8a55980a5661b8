import os
import sys

import click

DATABASE_URL = "postgresql://shop:<<pw>>@db.internal/orders"
result = os.sep, sys.byteorder, click.__name__
