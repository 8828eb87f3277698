"""A live outlet on loopback: real edits now and then, other banners at each visit, and the truth about both."""
