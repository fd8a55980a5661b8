def check(password):
    match password:
        case "<<pw>>":
            return True
    return False
