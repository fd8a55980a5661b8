from common.conf import KEY as shared

TOKEN = "<<a>>"
