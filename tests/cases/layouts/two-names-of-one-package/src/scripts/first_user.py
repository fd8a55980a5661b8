from app.core.config import PASSWORD
