import logging

log = logging.getLogger(__name__)


def f():
    log.debug("token %s for %s", "<<t>>", "user")
    print(f"using password=<<pw>>")
    return logging.INFO
