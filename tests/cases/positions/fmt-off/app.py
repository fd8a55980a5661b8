# fmt: off
M = [ {'user'    :  'a'  , 'password' :  '<<a>>'   },
      {'user'    :  'bb' , 'password' :  '<<b>>'   }, ]
# fmt: on
