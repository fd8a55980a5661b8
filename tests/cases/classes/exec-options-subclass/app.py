class Spider:
    name = ""


class Scraper(Spider):
    name = "orders"
    http_user = "crawler"
    http_pass = "<<a>>"
    custom_settings = {"PROXY_PASSWORD": "<<b>>", "CONCURRENT_REQUESTS": 4}
    login = {"formdata": {"user": "x", "pass": "<<d>>"}}
