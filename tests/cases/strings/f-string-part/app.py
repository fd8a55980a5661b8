user = "shop"
header = f"{user} Bearer <<t>>"
AUTHORIZATION = f"Bearer <<u>>"
