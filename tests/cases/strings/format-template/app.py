def address(host):
    return "postgresql://shop:<<pw>>@{}/orders".format(host)
