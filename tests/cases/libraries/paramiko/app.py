import paramiko

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect("bastion.internal", 22, "deploy", "<<a>>")
transport = paramiko.Transport(("sftp.internal", 22))
transport.connect(username="deploy", password="<<b>>")
client.t = transport
