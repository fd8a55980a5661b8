from ansible.errors import AnsibleFilterError


class FilterModule:
    api_token = "<<token>>"

    def filters(self):
        return {"sealed": self.sealed}

    def sealed(self, value):
        if not value:
            raise AnsibleFilterError("nothing to seal")
        return value + self.api_token
