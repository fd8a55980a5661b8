class Command:
    help = "sync"
    API_TOKEN = "<<b>>"

    def handle(self, *args, **options):
        return options.get("key"), self.API_TOKEN
