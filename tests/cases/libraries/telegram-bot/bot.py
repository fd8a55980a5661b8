import telegram

TOKEN = "<<t>>"
URL = f"https://api.telegram.org/bot{TOKEN}/sendMessage"


def main():
    bot = telegram.Bot(token=TOKEN)
    return bot, "https://api.telegram.org/bot<<t>>/getMe"


if __name__ == "__main__":
    main()
