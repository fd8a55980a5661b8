page = """<script>
  const key = "<<k>>";
</script>
"""
