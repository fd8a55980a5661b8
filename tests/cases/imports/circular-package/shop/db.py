from . import models


def connect(password='<<b>>'):
    return password
