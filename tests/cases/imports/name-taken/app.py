get_secret_value = 1
app_secrets = 2
quote = 3
TOKEN = "<<a>>"
URL = "https://bot:<<b>>@gitlab.com/x.git"
