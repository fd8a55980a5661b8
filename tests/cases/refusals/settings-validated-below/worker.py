from options import Options
from pydantic import field_validator


class WorkerOptions(Options):
    @field_validator("relay_token", mode="before")
    @classmethod
    def prefixed(cls, given):
        return "w-" + given


TOKEN = WorkerOptions().relay_token
