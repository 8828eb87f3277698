"""Full-text search over all versions: a file beside the catalogue, made from the archive and following it.

catalogue → what is not in it yet → sheets of articles → search.sqlite      (follow)
query → words and their other forms → sheets → versions → hits              (search)
"""
