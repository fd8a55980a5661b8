import paramiko

HOST, USER, PASS = "sftp.partner.example", "feed", "<<a>>"
t = paramiko.Transport((HOST, 22))
t.connect(username=USER, password=PASS)
ssh = paramiko.SSHClient()
ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())
ssh.connect(HOST, username=USER, password="<<b>>", look_for_keys=False)
