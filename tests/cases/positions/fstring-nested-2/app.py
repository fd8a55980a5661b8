host = "h"
A = f"{f'postgresql://shop:<<pw>>@{host}/db'}?x={1 + 1}"
