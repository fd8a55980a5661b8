from base import *

password = "<<p>>"
user = "u"
