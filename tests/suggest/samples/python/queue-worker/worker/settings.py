BUCKET = "shop-imports"
PREFIX = "new" + "/"
MARKER = "ready.txt"
FUNCTION = "index-imports:live"
