import settings

D = {k: v for k, v in vars(settings).items() if k.isupper()}
