"""A settings file's name is followed to every call that parses it; what else is done with it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixers.settings_readers import SettingsReaders, find_load_sites
from fixers.workspace import Workspace
from scanner.model import Kind


def search(files: dict[str, str], name: str = "config.yaml", kind: Kind = Kind.YAML) -> SettingsReaders:
    def read(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path].encode()

    workspace = Workspace(root=Path("/nonexistent"), files=tuple(sorted(files)), read=read)
    return find_load_sites(workspace, name, kind, {})


PATHS = "import os\nCONF = os.path.join(BASE, 'config.yaml')\ndef where(): return CONF\n"
IMPORTED = {
    "by name": "from common.paths import CONF\nX = yaml.safe_load(open(CONF))\n",
    "by a star": "from common.paths import *\nX = yaml.safe_load(open(CONF))\n",
    "by a star, a function": "from common.paths import *\nX = yaml.safe_load(open(where()))\n",
    "of a package that imports it": "from common import CONF\nX = yaml.safe_load(open(CONF))\n",
    "of a package that imports it under another name": "from common import C2\nX = yaml.safe_load(open(C2))\n",
    "as an attribute of a package that imports it": "import common\nX = yaml.safe_load(open(common.CONF))\n",
}


@pytest.mark.parametrize("text", IMPORTED.values(), ids=IMPORTED.keys())
def test_a_path_is_followed_over_imports(text: str) -> None:
    package = "from .paths import CONF\nfrom .paths import CONF as C2\n"
    files = {"common/__init__.py": package, "common/paths.py": PATHS, "a.py": f"import yaml\n{text}"}
    found = search(files)
    assert [site.path for site in found.sites] == ["a.py"]
    assert found.opaque == ()


def test_a_path_is_followed_over_two_stars() -> None:
    files = {
        "common/__init__.py": "from .paths import *\n",
        "common/paths.py": PATHS,
        "base.py": "from common import *\n",
        "a.py": "import yaml\nfrom base import *\nX = yaml.safe_load(open(CONF))\n",
    }
    assert [site.path for site in search(files).sites] == ["a.py"]


@pytest.mark.parametrize("text", ["', '.join(['%s'] * 3)", "f(f'{x}')", "f('{}'.format(x))"])
def test_a_text_that_is_nothing_but_a_gap_names_no_file(text: str) -> None:
    """A module that names the file's folder, and has such a text, need not mean the file."""
    files = {
        "config/read.py": "import yaml\nX = yaml.safe_load(open('config/config.yaml'))\n",
        "a.py": f"from config import read\nx = {text}  # or {{x}}.yaml'\ny = 'config'\n",
    }
    assert search(files, "config/config.yaml").opaque == ()


OPAQUE = {
    "an unknown function": "import vendor\nvendor.configure('config.yaml')\n",
    "a library's function of a name that is ours, too": (
        "from vendor import load\nload('config.yaml')\ndef other():\n    def load(x): pass\n"
    ),
    "keywords": "import vendor\nvendor.configure(path='etc/config.yaml')\n",
    "a list of files": "import vendor\nFILES = ['a.yaml', 'config.yaml']\nvendor.configure(*FILES)\n",
    "a dictionary": "import vendor\nvendor.configure({'file': 'config.yaml'})\n",
    "a subprocess": "import subprocess\nsubprocess.run(['yq', '.password', 'config.yaml'])\n",
    "the open file": "import vendor\nwith open('config.yaml') as f:\n    vendor.parse(f)\n",
    "its text": "import re\ntext = open('config.yaml').read()\nre.search('password: (.*)', text)\n",
    "its text, split": "from pathlib import Path\nPath('config.yaml').read_text().splitlines()\n",
    "a loader with hooks": "import json\njson.load(open('config.yaml'), object_hook=Thing)\n",
    "several documents, and another map": "import yaml\nmap = 1\nlist(yaml.safe_load_all(open('config.yaml')))\n",
    "a listing": "import glob, vendor\nfor p in sorted(glob.glob('*.yaml')):\n    vendor.configure(p)\n",
    "a folder": "import vendor\nfrom pathlib import Path\nfor p in Path().iterdir(): vendor.configure(p)\n",
    "an option's default": (
        "import argparse, vendor\np = argparse.ArgumentParser()\n"
        "p.add_argument('--conf', '-c', default='config.yaml')\n"
        "vendor.configure(p.parse_args().conf)\n"
    ),
    "through a name": "import vendor\np = 'config.yaml'\nq = p\nvendor.configure(q)\n",
    "through a parameter": "import vendor\ndef f(path): vendor.configure(path)\nf('config.yaml')\n",
    "through a default": "import vendor\ndef f(path='config.yaml'): vendor.configure(path)\n",
    "through a return": "import vendor\ndef f(): return 'config.yaml'\nvendor.configure(f())\n",
    "through an attribute": (
        "import vendor\nclass A:\n    def __init__(self): self.p = 'config.yaml'\n"
        "    def g(self): vendor.configure(self.p)\n"
    ),
    "through an attribute of the class": (
        "import vendor\nclass A:\n    p = 'config.yaml'\n    def g(self): vendor.configure(self.p)\n"
    ),
    "in a conditional": "import vendor\nvendor.configure('config.yaml' if x else 'b.yaml')\n",
    "in an f-string": "import vendor\nvendor.configure(f'{HERE}/config.yaml')\n",
    "added to a folder": "import vendor\nvendor.configure(HERE / 'config.yaml')\n",
    "a file that does not parse": "print 'config.yaml'\n",
    "another library's parser": "from vendor import YAML\nYAML().load('config.yaml')\n",
    "ruamel's parser, which is something else, too": (
        "from ruamel.yaml import YAML\nyaml = YAML()\nyaml = vendor\nyaml.load('config.yaml')\n"
    ),
    "a parameter called like ruamel's parser": (
        "from ruamel.yaml import YAML\nyaml = YAML()\ndef f(yaml): return yaml.load('config.yaml')\n"
    ),
}


@pytest.mark.parametrize("text", OPAQUE.values(), ids=OPAQUE.keys())
def test_another_use_is_told(text: str) -> None:
    kind = Kind.JSON if "json" in text else Kind.YAML
    found = search({"app.py": text}, kind=kind)
    assert [reader.path for reader in found.opaque] == ["app.py"]
    assert found.sites == ()


RUAMEL = {
    "at once": "from ruamel.yaml import YAML\nx = YAML(typ='safe').load(HERE / 'config.yaml')\n",
    "by a name": "import ruamel.yaml\ny = ruamel.yaml.YAML()\nwith open('config.yaml') as f: x = y.load(f)\n",
    "several documents": "from ruamel.yaml import YAML\nx = list(YAML().load_all(open('config.yaml')))\n",
}


@pytest.mark.parametrize("text", RUAMEL.values(), ids=RUAMEL.keys())
def test_ruamels_parser_is_one(text: str) -> None:
    found = search({"app.py": text})
    assert found.opaque == ()
    assert [site.stream for site in found.sites] == ["load_all" in text]


OTHER_FILES = {
    "any file": "import json\njson.load(open(f'{stage}.json'))\n",
    "any file, its folder named in no string": "import json, conf\njson.load(open(conf.HERE / f'{stage}.json'))\n",
    "a file of another folder": "import json\nX = 'conf'\njson.load(open(f'data/{stage}.json'))\n",
    "another kind": "import json\njson.load(open(f'conf/{stage}.yaml'))\n",
    "another name": "import json\njson.load(open('conf/app-%s.json' % stage))\n",
    "a listing of another folder": "import json, glob\nX = 'conf'\nC = [json.load(p) for p in glob.glob('a/*.json')]\n",
    "a folder of another project": "import glob, vendor\nX = [vendor.f(p) for p in glob.glob('conf/*.json')]\n",
    "a listing of other files": "import json, glob\nX = [json.load(open(p)) for p in glob.glob('conf/a*.json')]\n",
    "a listing of who knows what": "import json\ndef f(d): return [json.load(open(p)) for p in d.iterdir()]\n",
    "a message": "import json\nprint('conf/{}.json'.format(stage))\n",
}


@pytest.mark.parametrize("text", OTHER_FILES.values(), ids=OTHER_FILES.keys())
def test_a_name_that_could_be_any_files_is_not_this_ones(text: str) -> None:
    path = "other/conf/prod.json" if "vendor" in text else "conf/prod.json"
    found = search({"shop/app.py" if "vendor" in text else "app.py": text}, path, Kind.JSON)
    assert (found.sites, found.opaque) == ((), ())


@pytest.mark.parametrize(
    "path",
    [
        "f'conf/{stage}.json'",
        "f'{HERE}/conf/pro{stage}.json'",
        "'/etc/conf/%s.json' % stage",
        "'conf/{}.json'.format(stage)",
        "'conf/' + stage + '.json'",
        "os.path.join(HERE, 'conf', stage + '.json')",
        "HERE / 'conf' / f'{stage}.json'",
    ],
)
def test_a_name_with_a_value_put_into_it_is_followed(path: str) -> None:
    text = f"import json, os\ndef load(stage):\n    with open({path}) as f:\n        return json.load(f)\n"
    found = search({"app.py": text}, "conf/prod.json", Kind.JSON)
    assert [site.line for site in found.sites] == [4]
    assert found.opaque == ()


@pytest.mark.parametrize(
    ("importing", "use"),
    [
        ("from paths import CONFIG", "CONFIG"),
        ("from shop.paths import CONFIG as C", "C"),
        ("import paths", "paths.CONFIG"),
        ("from shop import paths as p", "p.CONFIG"),
        ("from paths import where", "where()"),
        ("import paths", "paths.where()"),
    ],
)
def test_it_is_followed_into_other_files(importing: str, use: str) -> None:
    paths = "CONFIG = 'config.yaml'\ndef where():\n    return CONFIG\n"
    found = search({"paths.py": paths, "app.py": f"{importing}\nimport vendor\nvendor.configure({use})\n"})
    assert [(reader.path, reader.line) for reader in found.opaque] == [("app.py", 3)]
    found = search({"paths.py": paths, "app.py": f"{importing}\nimport yaml\nyaml.safe_load(open({use}))\n"})
    assert [(site.path, site.line) for site in found.sites] == [("app.py", 3)]
    assert found.opaque == ()


NOTHING = {
    "another name": "import yaml\nyaml.safe_load(open('other.yaml'))\n",
    "a longer name": "import vendor\nvendor.configure('my-config.yaml')\n",
    "any file beside it that is written": "import yaml\nwith open(f'{n}.yaml', 'w') as f: f.write(x)\n",
    "any file of another folder": "import yaml\nC = yaml.safe_load(open(OUT / f'{n}.yaml'))\n",
    "any file of a folder below": "import yaml\nC = yaml.safe_load(open(Path(__file__) / 'd' / f'{n}.yaml'))\n",
    "any name": "import yaml\nprint(f'{n}.yaml')\nx = path.with_suffix('.yaml')\n",
    "a docstring": "def f():\n    'config.yaml'\n",
    "a comparison": "import vendor\nvendor.configure(name == 'config.yaml')\n",
    "another variable of that name": (
        "import vendor\ndef f():\n    path = 'config.yaml'\ndef g(path):\n    vendor.configure(path)\n"
    ),
    "a message": "raise ValueError('config.yaml')\n",
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_what_is_no_use_is_not_told(text: str) -> None:
    assert search({"app.py": text}) == SettingsReaders(sites=(), opaque=())


SITES = {
    "open in the call": "import yaml\nC = yaml.safe_load(open('config.yaml'))\n",
    "with": "import yaml\nwith open('a/config.yaml', 'rb') as f:\n    C = yaml.safe_load(f)['a']\n",
    "a path's text": "import yaml\nfrom pathlib import Path\nyaml.safe_load((Path() / 'config.yaml').read_text())\n",
    "a loader of its own": "from yaml import load, SafeLoader\nC = load(open('config.yaml'), Loader=SafeLoader)\n",
    "os.path": "import os, yaml\nC = yaml.full_load(open(os.path.join(os.path.dirname(__file__), 'config.yaml')))\n",
    "a variable's default": "import os, yaml\nC = yaml.safe_load(open(os.getenv('CONFIG', 'config.yaml')))\n",
    "a parameter": "import yaml\ndef f(p):\n    return yaml.safe_load(open(p))\nC = f('config.yaml')\n",
    "a keyword": "import yaml\ndef f(*, p=None):\n    return yaml.safe_load(open(p))\nC = f(p='config.yaml')\n",
    "a method": (
        "import yaml\nclass A:\n    @staticmethod\n    def f(p): return yaml.safe_load(open(p))\nA.f('config.yaml')\n"
    ),
    "a loop": "import yaml\nfor p in ('a.yaml', 'config.yaml'):\n    print(yaml.safe_load(open(p)))\n",
    "if it is there": (
        "import os, yaml\nP = 'config.yaml'\nif os.path.exists(P):\n    with open(P) as f: C = yaml.safe_load(f)\n"
    ),
    "a walrus": "import yaml\nif (p := 'config.yaml'):\n    yaml.safe_load(open(p))\n",
    "a suffix of its own": "import yaml\nyaml.safe_load(HERE.with_name('config').with_suffix('.yaml').open())\n",
    "a path with a suffix": "import yaml\nyaml.safe_load((HERE / 'config').with_suffix('.yaml').read_text())\n",
    "any file beside it": "import yaml\nC = yaml.safe_load(open(f'{stage}.yaml'))\n",
    "any file beside it, formatted": "import yaml\nC = yaml.safe_load(open('{}.yaml'.format(stage)))\n",
    "any file beside it by a percent sign": "import yaml\nC = yaml.safe_load(open('./%s.yaml' % stage))\n",
    "any file of its folder": (
        "import os, yaml\nBASE = os.path.dirname(__file__)\nC = yaml.safe_load(open(os.path.join(BASE, s + '.yaml')))\n"
    ),
    "any text of its folder": (
        "import yaml\nC = yaml.safe_load((Path(__file__).parent / f'{stage}.yaml').read_text())\n"
    ),
    "what is parsed is passed on": "import yaml, vendor\nvendor.configure(yaml.safe_load(open('config.yaml')))\n",
}


@pytest.mark.parametrize("text", SITES.values(), ids=SITES.keys())
def test_the_call_that_parses_it_is_found(text: str) -> None:
    found = search({"app.py": text})
    assert found.opaque == ()
    (site,) = found.sites
    source = text[site.span.start : site.span.end]
    assert source.startswith(("yaml.", "load("))
    assert source.endswith(")")
    assert not site.wrapped
    wrapped = text[: site.span.start] + f"_resolve_references({source})" + text[site.span.end :]
    assert [each.wrapped for each in search({"app.py": wrapped}).sites] == [True]


def test_files_that_cannot_matter_are_not_parsed() -> None:
    broken = "def ("
    assert search({"app.py": SITES["with"], "other.py": broken}).opaque == ()
