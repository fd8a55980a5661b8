import attr


@attr.s
class S:
    token = attr.ib(factory=lambda: "<<t>>", validator=attr.validators.instance_of(str))
