from urllib.parse import quote, urlparse

P = urlparse("https://user:<<p>>%40@git.internal/x.git").password, quote("x y")
