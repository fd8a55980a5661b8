def conf(path):
    space = {}
    with open(path) as file:
        exec(compile(file.read(), path, "exec"), space)
    return space["SECRET_KEY"]
