def f(a: "str" = "<<k>>") -> "str":
    return a
