import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def load(*parts):
    spec = importlib.util.spec_from_file_location("unusual_prefix_" + parts[-1], os.path.join(HERE, *parts) + ".py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answers():
    sys.path += [os.path.join(HERE, "dags"), os.path.join(HERE, "plugins")]
    return load("dags", "finance", "booked").BOOKING_TOKEN, load("plugins", "operators", "shipped").Ship.api_key
