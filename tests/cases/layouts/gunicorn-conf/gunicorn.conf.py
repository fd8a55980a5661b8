import multiprocessing

bind = "0.0.0.0:8000"
workers = 2
raw_env = ["DJANGO_SETTINGS_MODULE=shop.settings", "SECRET_KEY=<<a>>"]
