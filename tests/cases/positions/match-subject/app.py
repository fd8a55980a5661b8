match "<<a>>":
    case "":
        x = 0
    case str() as x:
        x = x.upper()
