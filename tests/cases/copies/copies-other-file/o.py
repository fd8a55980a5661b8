def f(x=['<<k>>']):
    '''Call with <<k>>.'''
    # <<k>>
    return x
