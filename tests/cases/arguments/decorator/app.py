def needs(token):
    def wrap(function):
        function.token = token
        return function

    return wrap


@needs(token="<<t>>")
def view():
    return "ok"
