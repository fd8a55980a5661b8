REPOSITORY = "https://oauth2:<<pw>>@git.internal.net/shop/orders.git"
