TOKEN = '<<t>>'


def __getattr__(name):
    if name == 'lazy':
        from shop.sub import X
        return X
    raise AttributeError(name)


lazy = __getattr__('lazy')
