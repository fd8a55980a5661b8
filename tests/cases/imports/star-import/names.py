get_secret_value = "shadow"
OTHER = 1
