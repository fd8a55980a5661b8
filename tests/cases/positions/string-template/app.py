from string import Template

x = Template("$a").substitute(a="<<k>>")
