def q(d):
    return f'{d["h"]} {{x}} https://u:<<pw>>@h/{d["h"]:>{d["h"]}}'
