from pathlib import Path
import yaml

CONF = Path(__file__).parent / "conf"
A = yaml.safe_load((CONF / "prod.yaml").read_text())
B = {p.name: yaml.safe_load(p.read_text()) for p in CONF.iterdir()}
