try:
    import nothing_of_that_name

    password = nothing_of_that_name.PASSWORD
except ImportError:
    password = "<<pw>>"
finally:
    done = True
