def check(token):
    match token:
        case "<<key>>":
            return True
    return False


stripe_key = "<<key>>"
