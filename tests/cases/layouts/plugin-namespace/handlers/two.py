from handlers.one import TOKEN as _t

TOKEN = "<<b>>" + _t[:1]
