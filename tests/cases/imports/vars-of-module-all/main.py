import conf

out = {k: v for k, v in vars(conf).items() if not k.startswith("_")}
