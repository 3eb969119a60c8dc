"""The Lite edition: the same pages at /l/ and their usual path, in a few kilobytes, for the slowest lines."""
