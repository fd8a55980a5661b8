_values = {"PASSWORD": "<<a>>", "API_KEY": "<<b>>"}


def __getattr__(name):
    try:
        return _values[name]
    except KeyError:
        raise AttributeError(name) from None


def __dir__():
    return sorted(_values)
