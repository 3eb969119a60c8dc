"""Pages of one's own account: who one is, by which ways one signs in, what is kept, and how to go.

allauth's pages stand below /accounts/ in our own templates; what it leaves open is here.
"""
