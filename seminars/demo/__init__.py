"""The demo: five organisations as they describe themselves. What they do not say is invented and called *Example*.

Data in one module for each organisation, `loading` makes rows of it through the same verbs that organisers use.
"""
