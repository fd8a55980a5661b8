import enum


class Keys(enum.Enum):
    API_KEY = "<<k>>"
