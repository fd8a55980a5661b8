from courier.mail import options as opts

KEY = opts.get("ledger", "api_key")


def key(opts=None):
    return opts or KEY
