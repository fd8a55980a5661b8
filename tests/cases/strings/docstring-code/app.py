def f():
    """Use it.

    >>> f(token="<<t>>")
    """
    return None
