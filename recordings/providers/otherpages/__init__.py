"""Pages of other sites with videos: linked, and looked at now and then."""
