LDAP_URI = "ldap://ldap.internal"
