def check(password):
    assert password != "<<pw>>", "the old password"
    return password
