from .deep import X
