password = "<<a>>\
<<b>>"
