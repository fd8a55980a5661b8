def f(password="<<a>>" "<<b>>"
      "<<c>>"): return password
