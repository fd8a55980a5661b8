from .e import E
from ..c import e

K = {'api_key': '<<k>>', 'e': E}
