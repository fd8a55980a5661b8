from os.path import (
    basename,
    join,
)

password = "<<pw>>"
name = join(basename("a"), "b")
