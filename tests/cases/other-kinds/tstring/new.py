password = t'{1}<<p>>'
