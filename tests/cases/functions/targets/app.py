class O: pass


self = O()
(user, self.password), *rest = ("u", "<<a>>"), "<<b>>", "<<c>>"
a = b = self.token = "<<d>>"
x: "str" = "<<e>>"; api_key = x
[secret] = ["<<f>>"]
