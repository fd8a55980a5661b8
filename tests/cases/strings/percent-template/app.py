def address(host):
    return "postgresql://shop:<<pw>>@%s/orders" % host
