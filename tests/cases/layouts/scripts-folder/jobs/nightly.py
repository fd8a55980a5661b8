from common import PASSWORD
