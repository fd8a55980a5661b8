AUTHOR = "Shop"
