import os

os.environ["OPENAI_API_KEY"] = "<<a>>"
os.environ.setdefault("DB_PASSWORD", "<<b>>")
os.environ.update({"HF_TOKEN": "<<t>>", "TOKENIZERS_PARALLELISM": "false"})
os.environ.update(LANGCHAIN_API_KEY="<<l>>")
os.environ |= {"REDIS_URL": "redis://:<<r>>@cache/0"}
