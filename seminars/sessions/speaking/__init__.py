"""Those who appear at a session, by one secret link without an account: asked, confirmed, words, consent, slides."""
