match {"password": "<<pw>>"}:
    case {"password": password}:
        pass
