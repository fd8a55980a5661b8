AUTHOR = "Shop"
COMMENTS_TOKEN = "<<comments>>"
