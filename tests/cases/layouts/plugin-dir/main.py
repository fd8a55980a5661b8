import importlib
import pkgutil

import plugins

found = sorted(
    importlib.import_module(f"plugins.{m.name}").TOKEN for m in pkgutil.iter_modules(plugins.__path__)
)
