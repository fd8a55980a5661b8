import configparser
import os.path

READINGS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "readings.ini")


class Reader:
    def __init__(self):
        self.readings = configparser.ConfigParser()
        self.readings.read(READINGS, encoding="utf-8")

    def names(self):
        return self.readings.sections()

    def value(self, section, option):
        try:
            return self.readings.get(section, option)
        except configparser.NoOptionError:
            return None

    def number(self, section, option):
        return self.readings.getint(section, option)

    def all_of(self, section):
        return dict(self.readings.items(section))


READER = Reader()


def ask(section, option):
    return READER.value(section, option)
