from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(argument_spec={"message": {"type": "str"}})
    webhook_password = "<<hook>>"
    module.exit_json(changed=False, length=len(webhook_password))
