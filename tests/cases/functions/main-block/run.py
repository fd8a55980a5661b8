def main(password):
    return password


if __name__ == "__main__":
    result = main(password="<<pw>>")
