import os
from dataclasses import dataclass, field
from dotenv import load_dotenv

load_dotenv()


@dataclass
class Conf:
    key: str = os.environ["API_KEY"]
    other: str = field(default_factory=lambda: os.getenv("API_KEY", ""))
