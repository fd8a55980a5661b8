class Denied(Exception):
    code = "<<a>>"

    def __str__(self):
        return f"denied: {self.code} {'<<b>>'}"


def f():
    try:
        raise Denied("<<d>>") from None
    except Denied as e:
        return str(e), e.args
