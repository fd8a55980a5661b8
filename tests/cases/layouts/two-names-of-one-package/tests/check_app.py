from src.app.core.config import PASSWORD
