login = dict(zip(("user", "password"), ("root", "<<pw>>")))
pairs = [(user, token) for user, token in zip(["ci"], ["<<token>>"])]
