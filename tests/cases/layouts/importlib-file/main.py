import importlib.util
import pathlib

spec = importlib.util.spec_from_file_location("conf", pathlib.Path(__file__).parent / "etc" / "conf.py")
conf = importlib.util.module_from_spec(spec)
spec.loader.exec_module(conf)
