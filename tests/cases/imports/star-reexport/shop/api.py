from . import PRIVATE, constants


def secret(token=constants.API_TOKEN):
    return token + PRIVATE
