from wares_config import WaresConfig

token = WaresConfig.WARES_TOKEN
