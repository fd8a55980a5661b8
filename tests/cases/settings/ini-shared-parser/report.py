from couriersp.mail import optionssp as opts

KEY = opts.get("ledgersp", "api_key")


def key(opts=None):
    return opts or KEY
