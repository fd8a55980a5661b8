PRIVATE_KEY = "<<a>>\n<<b>>\n<<c>>\n"
