y = 1
x = rf"\d{y} <<k>>"
