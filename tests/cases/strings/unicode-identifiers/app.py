größe = {"пароль": 1, "password": "<<pw>>"}; contraseña = "ñ"; api_key = "é" "<<k>>"
