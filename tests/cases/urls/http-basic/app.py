API_URL = "https://shop:<<pw>>@api.internal.net/v1"
