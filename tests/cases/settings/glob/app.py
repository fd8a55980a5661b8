import glob
import yaml

A = yaml.safe_load(open("conf/prod.yaml"))
B = [yaml.safe_load(open(p)) for p in sorted(glob.glob("conf/*.yaml"))]
