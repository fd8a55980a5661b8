from dynaconf import Dynaconf

settings = Dynaconf(environments=True)
